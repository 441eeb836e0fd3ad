package dev.asyncloop.channel;

import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.Suspension;
import dev.asyncloop.Task;
import dev.asyncloop.Turns;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Random schedules of coroutines that send and receive, some with a limit, some cancelled at a random turn: what was sent
 * is received once, and in order. And a twin of which these checks notice that it loses items.
 */
class ChannelPropertyTest {

    /** What is checked: a channel, or its twin. */
    private interface Subject {

        boolean send(Item item, Duration limit);

        Item receive(Duration limit);

        int size();

        Item tryReceive();
    }

    record Item(int sender, int number) {}

    /**
     * One coroutine of a schedule, which sends or receives a few items.
     *
     * @param start in which turn it begins
     * @param limit in ticks of the clock, of each operation
     * @param pause how many turns it lets pass after each operation
     * @param cancel in which turn it is cancelled, or later than all there are
     */
    record Party(boolean sends, int start, int limit, int pause, int cancel) {}

    private static final int TURNS = 24;

    private static final Map<Carrier, IOLoop> LOOPS = new EnumMap<>(Carrier.class);

    private static final Map<Carrier, ManualClock> CLOCKS = new EnumMap<>(Carrier.class);

    private static IOLoop loop(Carrier carrier) {
        return LOOPS.computeIfAbsent(
                carrier, key -> Loops.on(key, CLOCKS.computeIfAbsent(key, same -> new ManualClock())));
    }

    @AfterContainer
    static void closeLoops() {
        LOOPS.values().forEach(IOLoop::close);
        LOOPS.clear();
    }

    @Provide
    Arbitrary<List<Party>> parties() {
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, TURNS / 2),
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 2 * TURNS))
                .as(Party::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void whatWasSentIsReceivedOnceAndInOrder(
            @ForAll Carrier carrier, @ForAll("parties") List<Party> parties, @ForAll @IntRange(max = 3) int capacity) {
        Channel<Item> channel = Channel.of(capacity);
        assertThat(violations(carrier, parties, new Subject() {
                    @Override
                    public boolean send(Item item, Duration limit) {
                        return channel.send(item, limit);
                    }

                    @Override
                    public Item receive(Duration limit) {
                        return channel.receive(limit);
                    }

                    @Override
                    public int size() {
                        return channel.size();
                    }

                    @Override
                    public Item tryReceive() {
                        return channel.tryReceive();
                    }
                }))
                .isEmpty();
        assertThat(channel).hasToString("Channel[0 of " + capacity + " items, 0 waiting to send, 0 to receive]");
    }

    @Example
    void aTwinThatIgnoresWhetherTheReceiverGetsTheItemLosesSome() {
        for (Carrier carrier : Carrier.values()) {
            Random random = new Random(1);
            List<String> violations = new ArrayList<>();
            for (int round = 0; round < 200; round++) {
                List<Party> parties = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    parties.add(new Party(
                            random.nextBoolean(),
                            random.nextInt(TURNS / 2),
                            1 + random.nextInt(6),
                            random.nextInt(3),
                            random.nextInt(2 * TURNS)));
                }
                violations.addAll(violations(carrier, parties, new Twin()));
            }
            assertThat(violations).isNotEmpty().anyMatch(violation -> violation.contains("lost"));
        }
    }

    // ---- running a schedule

    private static final class Run {

        final List<String> violations = new ArrayList<>();

        final List<Item> sent = new ArrayList<>();

        final List<Item> received = new ArrayList<>();

        /** Who waits to receive now, each wait once. */
        final Set<Object> receiving = Collections.newSetFromMap(new IdentityHashMap<>());

        private List<Object> waitedBefore = List.of();

        /** Who waited at the last look, while there was an item, must have had its turn since: it has that or another one. */
        void look(int size) {
            List<Object> waits = size == 0 ? List.of() : List.copyOf(receiving);
            if (waits.stream().anyMatch(waitedBefore::contains)) {
                violations.add("somebody waits while there is an item");
            }
            waitedBefore = waits;
        }
    }

    private static List<String> violations(Carrier carrier, List<Party> parties, Subject subject) {
        IOLoop loop = loop(carrier);
        ManualClock clock = CLOCKS.get(carrier);
        return loop.runSync(() -> {
            Run run = new Run();
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < parties.size(); i++) {
                Party party = parties.get(i);
                int number = i;
                tasks.add(spawn(() -> {
                    if (party.sends()) {
                        send(party, number, subject, run);
                    } else {
                        receive(party, subject, run);
                    }
                }));
            }
            for (int turn = 0; turn < 2 * TURNS; turn++) {
                for (int i = 0; i < parties.size(); i++) {
                    if (parties.get(i).cancel() == turn) {
                        tasks.get(i).cancel(false);
                    }
                }
                if (turn % 3 == 0) {
                    clock.advance(Duration.ofMillis(1));
                }
                yieldNow();
                run.look(subject.size());
            }
            while (!tasks.stream().allMatch(Task::isDone)) { // all of them have limits
                Turns.advance(clock, 10);
            }
            Item rest;
            while ((rest = subject.tryReceive()) != null) {
                run.received.add(rest);
            }
            compare(run);
            return run.violations;
        });
    }

    private static void compare(Run run) {
        for (Item item : run.sent) {
            if (!run.received.remove(item)) {
                run.violations.add(item + " is lost");
            }
        }
        for (Item item : run.received) {
            run.violations.add(item + " was received twice, or though its send had failed");
        }
    }

    private static void send(Party party, int sender, Subject subject, Run run) {
        pause(party.start());
        for (int number = 0; number < 4; number++) {
            Item item = new Item(sender, number);
            if (subject.send(item, Duration.ofMillis(party.limit()))) {
                run.sent.add(item);
            }
            pause(party.pause());
        }
    }

    private static void receive(Party party, Subject subject, Run run) {
        pause(party.start());
        Map<Integer, Integer> last = new HashMap<>();
        for (int count = 0; count < 4; count++) {
            Object wait = new Object();
            run.receiving.add(wait);
            try {
                Item item = subject.receive(Duration.ofMillis(party.limit()));
                run.received.add(item);
                Integer before = last.put(item.sender(), item.number());
                if (before != null && before > item.number()) {
                    run.violations.add(item + " came after number " + before);
                }
            } catch (AsyncTimeoutException ex) {
                // the next one may come
            } finally {
                run.receiving.remove(wait);
            }
            pause(party.pause());
        }
    }

    private static void pause(int turns) {
        for (int turn = 0; turn < turns; turn++) {
            yieldNow();
        }
    }

    /** Bounded by nothing, and trusts that whoever stands in line still waits. */
    private static final class Twin implements Subject {

        private final Queue<Item> buffer = new ArrayDeque<>();

        private final Queue<Suspension<Item>> receivers = new ArrayDeque<>();

        @Override
        public boolean send(Item item, Duration limit) {
            Suspension<Item> receiver = receivers.poll();
            if (receiver != null) {
                receiver.resume(item);
            } else {
                buffer.add(item);
            }
            return true;
        }

        @Override
        public Item receive(Duration limit) {
            Item item = buffer.poll();
            if (item == null) {
                Suspension<Item> suspension = Suspension.begin(this);
                receivers.add(suspension);
                try {
                    item = suspension.await(limit, null);
                } finally {
                    receivers.remove(suspension);
                }
            }
            if (item == null) {
                throw new AsyncTimeoutException("limit");
            }
            return item;
        }

        @Override
        public int size() {
            return buffer.size();
        }

        @Override
        public Item tryReceive() {
            return buffer.poll();
        }
    }
}
