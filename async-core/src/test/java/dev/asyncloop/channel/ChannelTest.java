package dev.asyncloop.channel;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Turns.advance;
import static dev.asyncloop.Turns.ms;
import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.TaskGroup;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Tornado's queues do. */
class ChannelTest {

    private static Task<?> spawnSend(Channel<Integer> channel, int item) {
        return spawn(() -> channel.send(item));
    }

    private static List<Object> receive(Channel<?> channel, int count) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(channel.receive());
        }
        return items;
    }

    @Test
    void aNegativeCapacityIsRefused() {
        assertThatThrownBy(() -> Channel.of(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1")
                .hasMessageContaining("0 or more");
        assertThatThrownBy(() -> Channel.lastInFirstOut(0)).hasMessageContaining("1 or more");
        assertThatThrownBy(() -> Channel.ordered(0, Comparator.<Integer>naturalOrder()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Channel.of(3).capacity()).isEqualTo(3);
    }

    // Tornado case 56
    @OnBothCarriers
    void firstInFirstOut(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(3);
                for (int item : List.of(1, 3, 2)) {
                    channel.send(item);
                }
                assertThat(receive(channel, 3)).containsExactly(1, 3, 2);
                return null;
            });
        }
    }

    // Tornado case 56
    @OnBothCarriers
    void whoSendsToAFullOneWaitsForRoom(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(2);
                channel.send(0);
                channel.send(1);
                Task<?> third = spawnSend(channel, 2);
                settle();
                assertThat(third.isDone()).isFalse();
                assertThat(channel).hasToString("Channel[2 of 2 items, 1 waiting to send, 0 to receive]");
                assertThat(channel.receive()).isZero();
                settle();
                assertThat(third.isDone()).isTrue();
                assertThat(channel.size()).isEqualTo(2);
                assertThat(channel.trySend(3)).isFalse();
                assertThat(receive(channel, 2)).containsExactly(1, 2);
                return null;
            });
        }
    }

    // Tornado case 57
    @OnBothCarriers
    void whoHasTimedOutTakesNoItem(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                Task<Integer> limited = spawn(() -> channel.receive(ms(10)));
                Task<Integer> patient = spawn(() -> channel.receive());
                settle();
                advance(clock, 10);
                assertThatThrownBy(() -> await(limited))
                        .isInstanceOf(AsyncTimeoutException.class)
                        .hasMessageContaining("PT0.01S");
                channel.send(0);
                assertThat(await(patient)).isZero();
                return null;
            });
        }
    }

    // Tornado case 57
    @OnBothCarriers
    void aLimitOfZeroReceivesNowOrNever(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                assertThatThrownBy(() -> channel.receive(Duration.ZERO)).isInstanceOf(AsyncTimeoutException.class);
                assertThatThrownBy(() -> channel.receive(ms(-1))).isInstanceOf(AsyncTimeoutException.class);
                assertThat(channel.tryReceive()).isNull();
                channel.send(1);
                assertThat(channel.receive(Duration.ZERO)).isEqualTo(1);
                channel.send(2);
                assertThat(channel.tryReceive()).isEqualTo(2);
                return null;
            });
        }
    }

    @OnBothCarriers
    void anItemWhoseSendTimedOutIsNeverThere(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                channel.send(0);
                assertThat(channel.send(1, Duration.ZERO)).isFalse();
                Task<Boolean> limited = spawn(() -> channel.send(2, ms(10)));
                Task<?> patient = spawnSend(channel, 3);
                settle();
                advance(clock, 10);
                assertThat(await(limited)).isFalse();
                assertThat(receive(channel, 2)).containsExactly(0, 3);
                await(patient);
                return null;
            });
        }
    }

    // Tornado case 59: Tornado sweeps them at the next put or get
    @OnBothCarriers
    void sendersThatHaveTimedOutLeaveTheLineAtOnce(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                channel.send(0);
                for (int i = 1; i <= 10; i++) {
                    int item = i;
                    spawn(() -> channel.send(item, ms(10)));
                }
                spawnSend(channel, 11);
                settle();
                assertThat(channel.toString()).contains("11 waiting to send");
                advance(clock, 20);
                assertThat(channel.toString()).contains("1 waiting to send");
                assertThat(receive(channel, 2)).containsExactly(0, 11);
                return null;
            });
        }
    }

    // Tornado case 59
    @OnBothCarriers
    void receiversThatHaveTimedOutLeaveTheLineAtOnce(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                for (int i = 0; i < 10; i++) {
                    spawn(() -> {
                        assertThatThrownBy(() -> channel.receive(ms(10))).isInstanceOf(AsyncTimeoutException.class);
                    });
                }
                Task<Integer> patient = spawn(() -> channel.receive());
                settle();
                assertThat(channel.toString()).contains("11 to receive");
                advance(clock, 20);
                assertThat(channel.toString()).contains("1 to receive");
                channel.send(5);
                assertThat(await(patient)).isEqualTo(5);
                return null;
            });
        }
    }

    // Tornado case 60: what replaces task_done and join
    @OnBothCarriers
    void aTaskGroupAroundTheWorkersEndsWhenEverythingIsHandled(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            int[] sum = new int[1];
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(10);
                return TaskGroup.run(group -> {
                    for (int worker = 0; worker < 2; worker++) {
                        group.spawn(() -> {
                            for (int item : channel) {
                                settle(); // handling takes its time, and the group waits for it, not for the receiving
                                sum[0] += item;
                            }
                        });
                    }
                    for (int item = 0; item < 100; item++) {
                        channel.send(item);
                    }
                    channel.close();
                    return null;
                });
            });
            assertThat(sum[0]).isEqualTo(4950);
        }
    }

    // Tornado case 60: join with a limit; and a worker that fails is heard of, where Tornado's join waits for ever
    @OnBothCarriers
    void theGroupHasALimitAndHearsOfFailures(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(10);
                Task<?> stuck = spawn(() -> TaskGroup.run(
                        TaskGroup.Options.defaults().withDeadline(ms(10)),
                        group -> group.spawn(() -> channel.receive())));
                settle();
                advance(clock, 10);
                assertThatThrownBy(() -> await(stuck)).isInstanceOf(AsyncTimeoutException.class);
                assertThat(channel.toString()).contains("0 to receive");

                assertThatThrownBy(() -> TaskGroup.run(group -> {
                            group.spawn(() -> 1 / (channel.receive() - 1));
                            channel.send(1);
                            return null;
                        }))
                        .isInstanceOf(ArithmeticException.class);
                return null;
            });
        }
    }

    // Tornado case 61
    @OnBothCarriers
    void anOrderedOneHandsOutTheSmallest(Carrier carrier) {
        record Job(int priority, String name) {}
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> names = loop.runSync(() -> {
                Channel<Job> channel = Channel.ordered(2, Comparator.comparingInt(Job::priority));
                channel.send(new Job(1, "1a"));
                channel.send(new Job(0, "0b"));
                spawn(() -> channel.send(new Job(3, "3c")));
                spawn(() -> channel.send(new Job(2, "2d")));
                settle();
                List<String> received = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    received.add(channel.receive().name());
                }
                return received;
            });
            assertThat(names).containsExactly("0b", "1a", "2d", "3c");
        }
    }

    @OnBothCarriers
    void anOrderedOneIsFirstInFirstOutAmongEquals(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<String> channel = Channel.ordered(50, Comparator.comparing(String::length));
                List<String> sent = new ArrayList<>();
                for (int i = 10; i < 60; i++) {
                    sent.add("" + i);
                    channel.send("" + i);
                }
                channel.close();
                assertThat(channel).containsExactlyElementsOf(sent);
                return null;
            });
        }
    }

    // Tornado case 61
    @OnBothCarriers
    void aLastInFirstOutOneHandsOutWhatCameLast(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.lastInFirstOut(2);
                channel.send(1);
                channel.send(0);
                spawnSend(channel, 3);
                spawnSend(channel, 2);
                settle();
                assertThat(receive(channel, 4)).containsExactly(3, 2, 0, 1);
                return null;
            });
        }
    }
}
