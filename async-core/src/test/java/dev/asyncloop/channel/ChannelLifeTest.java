package dev.asyncloop.channel;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Turns.advance;
import static dev.asyncloop.Turns.ms;
import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What Tornado's queues lack: an end, a rendezvous; and that nothing is lost. */
class ChannelLifeTest {

    @OnBothCarriers
    void withCapacityZeroEachSenderWaitsForAReceiver(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(0);
                assertThat(channel.trySend(0)).isFalse();
                Task<?> one = spawn(() -> channel.send(1));
                Task<?> two = spawn(() -> channel.send(2));
                settle();
                assertThat(one.isDone()).isFalse();
                assertThat(channel.receive()).isEqualTo(1);
                settle();
                assertThat(one.isDone()).isTrue();
                assertThat(two.isDone()).isFalse();
                assertThat(channel.tryReceive()).isEqualTo(2);
                assertThat(channel.tryReceive()).isNull();
                Task<Integer> receiver = spawn(() -> channel.receive());
                settle();
                assertThat(channel.trySend(3)).isTrue();
                assertThat(await(receiver)).isEqualTo(3);
                return null;
            });
        }
    }

    @OnBothCarriers
    void anIterationEndsWhenItIsClosedAndDrained(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(2);
                List<Integer> received = new ArrayList<>();
                Task<?> receiver = spawn(() -> channel.forEach(received::add));
                for (int i = 0; i < 5; i++) {
                    channel.send(i);
                }
                channel.close();
                channel.close();
                await(receiver);
                assertThat(received).containsExactly(0, 1, 2, 3, 4);
                assertThat(channel.isClosed()).isTrue();
                assertThat(channel.tryReceive()).isNull();
                assertThat(channel.receiveOrNull()).isNull();
                assertThatThrownBy(channel::receive).isInstanceOf(ChannelClosedException.class);
                assertThatThrownBy(() -> channel.receive(ms(10))).isInstanceOf(ChannelClosedException.class);
                assertThat(channel.toString()).endsWith(", closed]");
                return null;
            });
        }
    }

    @OnBothCarriers
    void whoWaitsToReceiveIsEndedByTheClose(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(2);
                Task<Integer> receiver = spawn(() -> channel.receive());
                Task<Integer> limited = spawn(() -> channel.receive(ms(10)));
                Task<?> iteration = spawn(() -> channel.forEach(item -> {}));
                settle();
                channel.close();
                assertThatThrownBy(() -> await(receiver)).isInstanceOf(ChannelClosedException.class);
                assertThatThrownBy(() -> await(limited)).isInstanceOf(ChannelClosedException.class);
                await(iteration);
                return null;
            });
        }
    }

    @OnBothCarriers
    void sendersThatWaitAtTheCloseFailAndTheirItemsAreNotTaken(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                channel.send(1);
                Task<?> sender = spawn(() -> channel.send(2));
                Task<Boolean> limited = spawn(() -> channel.send(3, ms(10)));
                settle();
                IOException cause = new IOException("source");
                channel.close(cause);
                assertThatThrownBy(() -> await(sender))
                        .isInstanceOf(ChannelClosedException.class)
                        .hasCause(cause);
                assertThatThrownBy(() -> await(limited)).isInstanceOf(ChannelClosedException.class);
                assertThatThrownBy(() -> channel.send(4)).isInstanceOf(ChannelClosedException.class);
                assertThatThrownBy(() -> channel.trySend(4)).isInstanceOf(ChannelClosedException.class);
                assertThat(channel.receive()).isEqualTo(1);
                assertThatThrownBy(channel::receive)
                        .isInstanceOf(CompletionException.class)
                        .hasCause(cause);
                return null;
            });
        }
    }

    @OnBothCarriers
    void theCauseIsThrownAfterTheLastItem(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(2);
                IllegalArgumentException cause = new IllegalArgumentException("source");
                channel.send(1);
                channel.send(2);
                channel.close(cause);
                channel.close(new IllegalStateException("too late"));
                List<Integer> received = new ArrayList<>();
                assertThatThrownBy(() -> channel.forEach(received::add)).isSameAs(cause);
                assertThat(received).containsExactly(1, 2);
                assertThatThrownBy(channel::tryReceive).isSameAs(cause);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aProducersCancellationIsNotTheReceivers(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(2);
                channel.close(new CancellationException("of the producer"));
                assertThatThrownBy(channel::receive)
                        .isInstanceOf(ChannelClosedException.class)
                        .hasCauseInstanceOf(CancellationException.class);
                return null;
            });
        }
    }

    @OnBothCarriers
    void anItemGoesOnFromAReceiverThatIsCancelledInTheSameTurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(2);
                Task<Integer> first = spawn(() -> channel.receive());
                Task<Integer> second = spawn(() -> channel.receive());
                settle();
                first.cancel(false);
                assertThat(channel.trySend(1)).isTrue();
                settle();
                assertThat(await(second)).isEqualTo(1);
                Task<Integer> third = spawn(() -> channel.receive());
                settle();
                third.cancel(false);
                channel.send(2);
                channel.send(3);
                settle();
                assertThat(channel.receive()).isEqualTo(2);
                assertThat(channel.receive()).isEqualTo(3);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aReceiverThatHasItsItemReturnsItThoughCancelledInTheSameTurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(2);
                List<Integer> received = new ArrayList<>();
                Task<?> receiver = spawn(() -> {
                    received.add(channel.receive());
                    Async.checkpoint();
                });
                settle();
                channel.send(1);
                receiver.cancel(false);
                assertThatThrownBy(() -> await(receiver)).isInstanceOf(CancellationException.class);
                assertThat(received).containsExactly(1);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aSenderCancelledBeforeItsItemIsTakenHasNotSentIt(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                List<Object> history = new ArrayList<>();
                channel.send(0);
                Task<?> before = spawn(() -> {
                    channel.send(1);
                    history.add("sent 1");
                });
                Task<?> after = spawn(() -> {
                    channel.send(2);
                    history.add("sent 2");
                    Async.checkpoint();
                });
                settle();
                before.cancel(false);
                history.add(channel.receive()); // makes room: the first is passed over, the second one's item is taken
                after.cancel(false);
                settle();
                history.add(channel.receive());
                assertThat(history).containsExactly(0, "sent 2", 2);
                assertThat(before.isCancelled() && after.isCancelled()).isTrue();
                assertThat(channel).hasToString("Channel[0 of 1 items, 0 waiting to send, 0 to receive]");
                return null;
            });
        }
    }

    @OnBothCarriers
    void aLimitThatPassesInTheTurnOfTheSendLosesNoItem(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                Task<Integer> limited = spawn(() -> channel.receive(ms(10)));
                settle();
                loop.callLater(ms(10), () -> channel.send(1));
                advance(clock, 10);
                assertThat(limited.isDone()).isTrue();
                assertThat(channel.tryReceive()).isEqualTo(1);
                assertThatThrownBy(() -> await(limited)).hasMessageContaining("PT0.01S");
                return null;
            });
        }
    }

    @OnBothCarriers
    void nullIsNoItem(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(1);
                assertThatThrownBy(() -> channel.send(null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("close it");
                assertThatThrownBy(() -> channel.trySend(null)).isInstanceOf(NullPointerException.class);
                assertThat(channel.size()).isZero();
                return null;
            });
        }
    }

    private static Map<String, Runnable> operations(Channel<Integer> channel) {
        Map<String, Runnable> operations = new LinkedHashMap<>();
        operations.put("Channel.send", () -> channel.send(1));
        operations.put("Channel.trySend", () -> channel.trySend(1));
        operations.put("ReceiveChannel.receive", channel::receive);
        operations.put("ReceiveChannel.tryReceive", channel::tryReceive);
        operations.put("Channel.close", channel::close);
        return operations;
    }

    @Test
    void outsideOfACoroutineNothingWorksAndNothingChanges() {
        Channel<Integer> channel = Channel.of(1);
        operations(channel)
                .forEach((name, operation) -> assertThatThrownBy(operation::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("`" + name + "`"));
        assertThat(channel).hasToString("Channel[0 of 1 items, 0 waiting to send, 0 to receive]");
    }

    @OnBothCarriers
    void onAnotherLoopNothingWorksAndNothingChanges(Carrier carrier) {
        try (IOLoop home = Loops.on(carrier);
                IOLoop other = IOLoop.create(Loops.options(carrier).withName("other"))) {
            Channel<Integer> channel = Channel.of(1);
            home.runSync(channel::tryReceive);
            other.runSync(() -> {
                operations(channel)
                        .forEach((name, operation) -> assertThatThrownBy(operation::run)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("`" + name + "`")
                                .hasMessageContaining("'test'")
                                .hasMessageContaining("'other'"));
                return null;
            });
            assertThat(channel).hasToString("Channel[0 of 1 items, 0 waiting to send, 0 to receive]");
        }
    }

    @OnBothCarriers
    void whoseLimitHasPassedIsNotToldThatNothingIsLeftWhileThereIs(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.of(2);
                loop.callLater(ms(10), () -> {}); // the first of the line of timers
                Task<Integer> limited = spawn(() -> channel.receive(ms(10)));
                settle();
                loop.callLater(ms(10), () -> {
                    channel.send(1); // in a turn between the end of the limit and that of the wait
                    channel.close();
                });
                advance(clock, 10);
                assertThat(channel.size()).isEqualTo(1);
                assertThatThrownBy(() -> await(limited)).isInstanceOf(AsyncTimeoutException.class);
                assertThat(channel.receiveOrNull()).isEqualTo(1);
                assertThat(channel.receiveOrNull()).isNull();
                return null;
            });
        }
    }

    @OnBothCarriers
    void aComparatorThatThrowsLosesAndDoublesNothing(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                List<Integer> poison = new ArrayList<>();
                Comparator<Integer> order = (one, other) -> {
                    if (poison.contains(one) || poison.contains(other)) {
                        throw new IllegalArgumentException("incomparable");
                    }
                    return one.compareTo(other);
                };
                for (int bad = 1; bad <= 15; bad++) {
                    Channel<Integer> channel = Channel.ordered(20, order);
                    for (int item = 1; item <= 15; item++) {
                        channel.send(item);
                    }
                    poison.add(bad);
                    try {
                        channel.send(0);
                        channel.dropNext(); // it went another way in the queue
                    } catch (IllegalArgumentException ex) {
                        assertThat(ex).hasMessage("incomparable");
                    }
                    List<Integer> received = new ArrayList<>();
                    for (int i = 0; i < 15; i++) {
                        received.add(channel.receive());
                    }
                    assertThat(received).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
                    assertThat(channel.tryReceive()).isNull();
                    poison.clear();
                }
                return null;
            });
        }
    }

    @OnBothCarriers
    void whatTheComparatorRefusesIsAFailureOfWhoSendsIt(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Channel<Integer> channel = Channel.ordered(2, (one, other) -> {
                    if (one == 7 || other == 7) {
                        throw new IllegalArgumentException("incomparable");
                    }
                    return one.compareTo(other);
                });
                channel.send(1);
                channel.send(3);
                Task<?> bad = spawn(() -> channel.send(7));
                Task<?> good = spawn(() -> channel.send(2));
                settle();
                assertThat(channel.receive()).isEqualTo(1);
                assertThatThrownBy(() -> await(bad))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("incomparable");
                await(good);
                assertThat(channel.receive()).isEqualTo(2);
                assertThat(channel.receive()).isEqualTo(3);
                assertThat(channel.tryReceive()).isNull();
                return null;
            });
        }
    }

    /** Or somebody else would meet the queue in the middle of a change. */
    @Test
    void aComparatorThatWaitsInTheJdkKeepsTheTurnAlsoWhereSuchAWaitGivesWay() {
        try (IOLoop loop = IOLoop.create(Loops.options(Carrier.EVENT_LOOP).withSwitchOn(SwitchOn.ANY))) {
            List<String> seen = new ArrayList<>();
            loop.runSync(() -> {
                boolean[] compares = new boolean[1];
                Channel<Integer> channel = Channel.ordered(10, (one, other) -> {
                    compares[0] = true;
                    waitInTheJdk();
                    compares[0] = false;
                    return one.compareTo(other);
                });
                channel.send(4);
                Task<?> another = spawn(() -> {
                    seen.add(compares[0] ? "in between" : "before or afterwards");
                    channel.send(1);
                });
                channel.trySend(3);
                channel.trySend(2);
                await(another);
                for (int item = 1; item <= 4; item++) {
                    assertThat(channel.tryReceive()).isEqualTo(item);
                }
                Semaphore served = new Semaphore(0);
                spawn(() -> {
                    seen.add("in between, elsewhere");
                    served.release();
                });
                served.tryAcquire(20, TimeUnit.SECONDS); // gives way as ever
                return seen.add("goes on");
            });
            assertThat(seen).containsExactly("before or afterwards", "in between, elsewhere", "goes on");
        }
    }

    private static void waitInTheJdk() {
        try {
            new Semaphore(0).tryAcquire(5, TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }
}
