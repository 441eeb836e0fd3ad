package dev.asyncloop.channel;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

class TopicTest {

    private final Topic<Integer> topic = Topic.create();

    private static <T> List<T> drain(Subscription<T> subscription) {
        List<T> items = new ArrayList<>();
        for (T item = subscription.tryReceive(); item != null; item = subscription.tryReceive()) {
            items.add(item);
        }
        return items;
    }

    private void publish(int... items) {
        for (int item : items) {
            topic.publish(item);
        }
    }

    @OnBothCarriers
    void eachSubscriberGetsEachItemSinceItCame(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                publish(0);
                try (var one = topic.subscribe()) {
                    publish(1);
                    try (var two = topic.subscribe()) {
                        publish(2);
                        assertThat(topic.subscribers()).isEqualTo(2);
                        assertThat(drain(one)).containsExactly(1, 2);
                        assertThat(drain(two)).containsExactly(2);
                    }
                    publish(3);
                    assertThat(drain(one)).containsExactly(3);
                }
                assertThat(topic).hasToString("Topic[0 subscribers, 0 dropped]");
                return null;
            });
        }
    }

    @OnBothCarriers
    void byDefaultTheOldestOf256IsDroppedAndCounted(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                try (var slow = topic.subscribe()) {
                    for (int i = 0; i < 300; i++) {
                        topic.publish(i);
                    }
                    assertThat(slow.dropped()).isEqualTo(44);
                    assertThat(drain(slow)).hasSize(256).startsWith(44, 45).endsWith(299);
                }
                assertThat(topic.dropped()).isEqualTo(44);
                return null;
            });
        }
    }

    @OnBothCarriers
    void dropNewestKeepsWhatIsThere(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                try (var slow = topic.subscribe(2, Overflow.DROP_NEWEST)) {
                    publish(1, 2, 3, 4);
                    assertThat(drain(slow)).containsExactly(1, 2);
                    assertThat(slow.dropped()).isEqualTo(2);
                    assertThat(slow.toString()).contains("DROP_NEWEST, 2 dropped");
                }
                return null;
            });
        }
    }

    @OnBothCarriers
    void suspendWaitsForTheSlowOneWhenTheOthersHaveGotTheItem(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                var slow = topic.subscribe(1, Overflow.SUSPEND);
                var slower = topic.subscribe(1, Overflow.SUSPEND);
                var quick = topic.subscribe();
                publish(1);
                Task<?> second = spawn(() -> topic.publish(2));
                Task<?> third = spawn(() -> topic.publish(3));
                settle();
                assertThat(second.isDone()).isFalse();
                assertThat(drain(quick)).containsExactly(1, 2, 3);
                assertThat(drain(slow)).containsExactly(1, 2, 3); // and it does not wait for the slower one
                settle();
                assertThat(second.isDone()).isFalse();
                assertThat(slower.receive()).isEqualTo(1);
                settle();
                assertThat(second.isDone()).isTrue();
                assertThat(third.isDone()).isFalse();
                slower.close(); // and who publishes goes on
                await(third);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aPublisherThatIsCancelledWhileItWaitsLeavesNothingBehind(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                try (var slow = topic.subscribe(1, Overflow.SUSPEND)) {
                    publish(1);
                    Task<?> publisher = spawn(() -> topic.publish(2));
                    settle();
                    publisher.cancel(false);
                    settle();
                    assertThatThrownBy(() -> await(publisher)).isInstanceOf(CancellationException.class);
                    assertThat(slow.toString()).contains("0 waiting to send");
                    assertThat(drain(slow)).containsExactly(1);
                }
                return null;
            });
        }
    }

    @OnBothCarriers
    void failThrowsWhenTheOthersHaveGotTheItem(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                try (var strict = topic.subscribe(1, Overflow.FAIL);
                        var stricter = topic.subscribe(1, Overflow.FAIL);
                        var other = topic.subscribe()) {
                    publish(1);
                    assertThatThrownBy(() -> publish(2))
                            .isInstanceOf(SubscriberTooSlowException.class)
                            .hasMessageContaining("Overflow.DROP_OLDEST")
                            .satisfies(ex -> assertThat(ex.getSuppressed()).hasSize(1));
                    assertThat(drain(other)).containsExactly(1, 2);
                    assertThat(drain(strict)).containsExactly(1);
                    assertThat(drain(stricter)).containsExactly(1);
                    assertThat(topic.dropped()).isEqualTo(2);
                }
                return null;
            });
        }
    }

    @OnBothCarriers
    void closeEndsTheSlowOneAfterItsItemsAndNobodyElse(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                try (var slow = topic.subscribe(1, Overflow.CLOSE);
                        var other = topic.subscribe()) {
                    publish(1, 2, 3);
                    assertThat(slow.isClosed()).isTrue();
                    assertThat(topic.subscribers()).isEqualTo(1);
                    assertThat(slow.receive()).isEqualTo(1);
                    assertThatThrownBy(slow::receive)
                            .isInstanceOf(SubscriberTooSlowException.class)
                            .hasMessageContaining("CLOSE");
                    assertThat(drain(other)).containsExactly(1, 2, 3);
                }
                return null;
            });
        }
    }

    @OnBothCarriers
    void closingTheTopicEndsAllWhenTheyHaveGotTheirItems(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                List<Integer> received = new ArrayList<>();
                Task<?> reader = spawn(() -> {
                    try (var news = topic.subscribe()) {
                        news.forEach(received::add);
                    }
                });
                var full = topic.subscribe(1, Overflow.SUSPEND);
                settle();
                publish(1);
                Task<?> publisher = spawn(() -> topic.publish(2));
                settle();
                topic.close();
                topic.close();
                await(reader);
                assertThat(received).containsExactly(1, 2);
                assertThatThrownBy(() -> await(publisher)).isInstanceOf(ChannelClosedException.class);
                assertThat(full).containsExactly(1);
                assertThat(topic).hasToString("Topic[0 subscribers, 0 dropped, closed]");
                assertThatThrownBy(() -> publish(3)).isInstanceOf(ChannelClosedException.class);
                assertThatThrownBy(topic::subscribe).isInstanceOf(ChannelClosedException.class);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aSubscriptionThatIsClosedWhileSomebodyReceivesEndsThere(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                var news = topic.subscribe();
                Task<?> reader = spawn(() -> news.forEach(item -> {}));
                settle();
                news.close();
                await(reader);
                publish(1);
                assertThat(news.size()).isZero();
                return null;
            });
        }
    }

    @OnBothCarriers
    void publishNeverGivesWayWithoutASuspendingSubscriberAndWorksWhenCancelled(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                var slow = topic.subscribe(1, Overflow.DROP_OLDEST);
                boolean[] ran = new boolean[1];
                spawn(() -> ran[0] = true);
                for (int i = 0; i < 1_000; i++) {
                    topic.publish(i);
                }
                assertThat(ran[0]).isFalse();
                Task<?> cancelled = spawn(() -> {
                    try {
                        settle();
                    } finally {
                        topic.publish(-1);
                    }
                });
                settle();
                cancelled.cancel(false);
                settle();
                assertThat(slow.receive()).isEqualTo(-1);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aSubscriptionBelongsToTheLoopOfItsTopic(Carrier carrier) {
        try (IOLoop home = Loops.on(carrier);
                IOLoop other = Loops.on(carrier)) {
            Subscription<Integer> news = home.runSync(() -> topic.subscribe());
            other.runSync(() -> {
                for (Runnable operation :
                        List.<Runnable>of(news::receive, news::tryReceive, news::close, topic::subscribe)) {
                    assertThatThrownBy(operation::run)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("belongs to");
                }
                return null;
            });
            assertThat(topic.subscribers()).isEqualTo(1);
            assertThatThrownBy(() -> topic.publish(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @OnBothCarriers
    void whatAllHaveGotIsPublishedAlthoughTheTopicIsClosedInTheSameTurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                var slow = topic.subscribe(1, Overflow.SUSPEND);
                topic.publish(1);
                Task<?> publisher = spawn(() -> topic.publish(2));
                settle();
                assertThat(slow.tryReceive()).isEqualTo(1);
                topic.close();
                await(publisher);
                assertThat(drain(slow)).containsExactly(2);
                return null;
            });
        }
    }
}
