package dev.asyncloop.sync;

import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
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
 * Random schedules of coroutines that want a permit, some with a limit, some cancelled at a random turn, against what must
 * hold whatever happens. And that these checks notice what they are there for: a twin that does not look whether the one
 * it resumes still waits.
 */
class PermitsPropertyTest {

    /** What is checked: a semaphore, its twin, or a lock. */
    private interface Permits {

        void acquire();

        boolean tryAcquire(Duration limit);

        void release();

        int available();

        static Permits of(Runnable acquire, Predicate<Duration> tryAcquire, Runnable release, IntSupplier available) {
            return new Permits() {
                @Override
                public void acquire() {
                    acquire.run();
                }

                @Override
                public boolean tryAcquire(Duration limit) {
                    return tryAcquire.test(limit);
                }

                @Override
                public void release() {
                    release.run();
                }

                @Override
                public int available() {
                    return available.getAsInt();
                }
            };
        }
    }

    /**
     * One coroutine of a schedule.
     *
     * @param start in which turn it begins to want a permit
     * @param limit in ticks of the clock, or zero for none
     * @param hold how many turns it keeps the permit
     * @param cancel in which turn it is cancelled, or later than all there are
     */
    record Client(int start, int limit, int hold, int cancel) {}

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
    Arbitrary<List<Client>> clients() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, TURNS / 2),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 2 * TURNS))
                .as(Client::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aSemaphoreLosesNoPermitAndOvertakesNobody(
            @ForAll Carrier carrier,
            @ForAll("clients") List<Client> clients,
            @ForAll @IntRange(min = 1, max = 3) int n) {
        Semaphore semaphore = Semaphore.bounded(n);
        assertThat(violations(carrier, clients, n, of(semaphore))).isEmpty();
        assertThat(semaphore.toString()).endsWith("0 waiting]");
    }

    private static Permits of(Semaphore semaphore) {
        return Permits.of(semaphore::acquire, semaphore::tryAcquire, semaphore::release, semaphore::availablePermits);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aLockIsNeverHeldTwiceNorLost(@ForAll Carrier carrier, @ForAll("clients") List<Client> clients) {
        Lock lock = new Lock();
        Permits permits = Permits.of(lock::lock, lock::tryLock, lock::unlock, () -> lock.isLocked() ? 0 : 1);
        assertThat(violations(carrier, clients, 1, permits)).isEmpty();
        assertThat(lock).hasToString("Lock[free, 0 waiting]");
    }

    @Example
    void aTwinThatIgnoresWhetherTheCoroutineGetsThePermitLosesSome() {
        for (Carrier carrier : Carrier.values()) {
            Random random = new Random(1);
            List<String> violations = new ArrayList<>();
            for (int round = 0; round < 200; round++) {
                List<Client> clients = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    clients.add(new Client(
                            random.nextInt(TURNS / 2),
                            random.nextInt(5),
                            random.nextInt(4),
                            random.nextInt(2 * TURNS)));
                }
                violations.addAll(violations(carrier, clients, 1, new Twin(1)));
            }
            assertThat(violations).isNotEmpty();
        }
    }

    /** Who was given a permit and only waits for its turn has not been overtaken by who takes another one meanwhile. */
    @Example
    void whoFindsAPermitFreePassesByWhoHasOne() {
        List<Client> clients = List.of(
                new Client(1, 0, 3, 4), new Client(1, 0, 3, 4), new Client(1, 0, 0, 48), new Client(4, 0, 0, 5));
        for (Carrier carrier : Carrier.values()) {
            assertThat(violations(carrier, clients, 2, of(Semaphore.bounded(2))))
                    .isEmpty();
        }
    }

    @Example
    void whoIsWokenToFindThePermitTakenHasBeenOvertaken() {
        List<Client> clients = new ArrayList<>(List.of(new Client(0, 0, 3, 99), new Client(0, 0, 3, 99)));
        for (int start = 1; start < 9; start++) {
            clients.add(new Client(start, 0, 3, 99));
        }
        for (Carrier carrier : Carrier.values()) {
            assertThat(violations(carrier, clients, 1, new Barging(1)))
                    .anyMatch(violation -> violation.contains("overtaken"));
        }
    }

    @Example
    void theTwinIsRightAsLongAsNobodyIsCancelled() {
        List<Client> patient = List.of(new Client(0, 0, 2, 99), new Client(0, 0, 1, 99), new Client(1, 0, 0, 99));
        assertThat(violations(Carrier.JDK, patient, 1, new Twin(1))).isEmpty();
    }

    // ---- running a schedule

    private static final class Run {

        final List<String> violations = new ArrayList<>();

        /** Who has begun to wait, and has not ended waiting, in this order. */
        final List<Client> waiting = new ArrayList<>();

        int held;

        /** Who waited at the last look, while a permit was free: by the next look it must have had its turn. */
        private List<Client> waitedBefore = List.of();

        /** Who was passed by since the last look, by somebody who found a permit free: has its own by the look after the next. */
        private List<Client> passedBy = new ArrayList<>();

        private List<Client> passedByBefore = List.of();

        void passesBy(Client later, List<Client> earlier, boolean atOnce) {
            List<Client> patient =
                    earlier.stream().filter(first -> isPatient(first)).toList();
            if (atOnce) {
                passedBy.addAll(patient);
            } else if (!patient.isEmpty()) {
                violations.add(later + " has overtaken " + patient.getFirst());
            }
        }

        private boolean isWaiting(Client client) {
            return waiting.stream().anyMatch(one -> one == client); // the same one, not an equal one
        }

        void look(int free) {
            for (Client client : passedByBefore) {
                if (isWaiting(client)) {
                    violations.add(client + " was overtaken by somebody who found a permit free");
                }
            }
            passedByBefore = passedBy;
            passedBy = new ArrayList<>();
            List<Client> waits = free == 0
                    ? List.of()
                    : waiting.stream().filter(client -> isPatient(client)).toList();
            for (Client client : waits) {
                if (waitedBefore.stream().anyMatch(before -> before == client)) {
                    violations.add(client + " waits while a permit is free");
                }
            }
            waitedBefore = waits;
        }
    }

    private static List<String> violations(Carrier carrier, List<Client> clients, int permits, Permits subject) {
        IOLoop loop = loop(carrier);
        ManualClock clock = CLOCKS.get(carrier);
        return loop.runSync(() -> {
            Run run = new Run();
            List<Task<?>> tasks = new ArrayList<>();
            for (Client client : clients) {
                tasks.add(spawn(() -> live(client, subject, permits, run)));
            }
            for (int turn = 0; turn < 2 * TURNS; turn++) {
                for (int i = 0; i < clients.size(); i++) {
                    if (clients.get(i).cancel() == turn) {
                        tasks.get(i).cancel(false);
                    }
                }
                if (turn % 3 == 0) {
                    clock.advance(Duration.ofMillis(1));
                }
                yieldNow();
                run.look(subject.available());
            }
            for (int i = 0; i < clients.size(); i++) { // all have limits to what they hold: in the end all are served
                Turns.settle();
            }
            if (subject.available() != permits) {
                run.violations.add(subject.available() + " of " + permits + " permits are there in the end");
            }
            for (Task<?> task : tasks) {
                if (!task.isDone()) {
                    run.violations.add("somebody waits for ever");
                    task.cancel(false);
                }
            }
            return run.violations;
        });
    }

    private static void live(Client client, Permits subject, int permits, Run run) {
        for (int turn = 0; turn < client.start(); turn++) {
            yieldNow();
        }
        if (acquire(client, subject, run)) {
            if (++run.held > permits) {
                run.violations.add(run.held + " hold one of " + permits + " permits");
            }
            try {
                for (int turn = 0; turn < client.hold(); turn++) {
                    yieldNow();
                }
            } finally {
                run.held--;
                subject.release();
            }
        }
    }

    private static boolean acquire(Client client, Permits subject, Run run) {
        run.waiting.add(client);
        boolean isFree = subject.available() > 0;
        boolean acquired = false;
        try {
            if (client.limit() == 0) {
                subject.acquire();
                acquired = true;
            } else {
                acquired = subject.tryAcquire(Duration.ofMillis(client.limit()));
            }
        } finally {
            int place = 0;
            while (run.waiting.get(place) != client) { // the same one, not an equal one
                place++;
            }
            if (acquired) {
                run.passesBy(client, run.waiting.subList(0, place), isFree);
            }
            run.waiting.remove(place);
        }
        return acquired;
    }

    /** Who may have been cancelled or timed out, and only waits for its turn to say so, can be passed by. */
    private static boolean isPatient(Client client) {
        return client.limit() == 0 && client.cancel() >= 2 * TURNS;
    }

    /** Wakes the first who waits, to see whether the permit is still there. */
    private static final class Barging implements Permits {

        private final Queue<Suspension<Boolean>> line = new ArrayDeque<>();

        private int permits;

        Barging(int permits) {
            this.permits = permits;
        }

        @Override
        public void acquire() {
            while (permits == 0) {
                Suspension<Boolean> suspension = Suspension.begin(this);
                line.add(suspension);
                try {
                    suspension.await();
                } finally {
                    line.remove(suspension);
                }
            }
            permits--;
        }

        @Override
        public boolean tryAcquire(Duration limit) {
            acquire();
            return true;
        }

        @Override
        public void release() {
            permits++;
            Suspension<Boolean> first = line.poll();
            if (first != null) {
                first.resume(true);
            }
        }

        @Override
        public int available() {
            return permits;
        }
    }

    /** As {@link Semaphore}, but trusts that whoever stands in line still waits. */
    private static final class Twin implements Permits {

        private final Queue<Suspension<Boolean>> line = new ArrayDeque<>();

        private int permits;

        Twin(int permits) {
            this.permits = permits;
        }

        @Override
        public void acquire() {
            if (permits > 0) {
                permits--;
                return;
            }
            Suspension<Boolean> suspension = Suspension.begin(this);
            line.add(suspension);
            try {
                suspension.await();
            } finally {
                line.remove(suspension);
            }
        }

        @Override
        public boolean tryAcquire(Duration limit) {
            if (permits > 0) {
                permits--;
                return true;
            }
            Suspension<Boolean> suspension = Suspension.begin(this);
            line.add(suspension);
            try {
                return suspension.await(limit, false);
            } finally {
                line.remove(suspension);
            }
        }

        @Override
        public void release() {
            Suspension<Boolean> first = line.poll();
            if (first != null) {
                first.resume(true);
            } else {
                permits++;
            }
        }

        @Override
        public int available() {
            return permits;
        }
    }
}
