package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.asyncloop.channel.Channel;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.TestServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the loop allocates, in bytes: counted by the JVM, and the same on a slow machine. The limits are a little above what
 * it is, so that whoever makes it more knows of it; they are for a JVM that does not spare allocations by analysing them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AllocationTest {

    private static final int WARM_UP = 1_500;

    private static final int BATCHES = 5;

    private static final int BATCH = 300;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final IOLoop loop = IOLoop.create(
            Loops.options(Carrier.EVENT_LOOP).withName("counted").withSlowCallback(Duration.ofMinutes(1)));

    private final long carrier = Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
            .filter(thread -> thread != null && thread.getThreadName().equals("counted"))
            .findFirst()
            .orElseThrow()
            .getThreadId();

    @AfterAll
    void close() {
        loop.close();
    }

    /** Returns how many bytes the loop's thread allocates in one round: the median of some batches. */
    private long bytes(Callable<?> round) {
        return loop.runSync(() -> {
            repeat(WARM_UP, round);
            long[] each = new long[BATCHES];
            for (int i = 0; i < BATCHES; i++) {
                long before = THREADS.getThreadAllocatedBytes(carrier);
                repeat(BATCH, round);
                each[i] = (THREADS.getThreadAllocatedBytes(carrier) - before) / BATCH;
            }
            Arrays.sort(each);
            return each[BATCHES / 2];
        });
    }

    private static void repeat(int times, Callable<?> round) throws Exception {
        for (int i = 0; i < times; i++) {
            round.call();
        }
    }

    private static void assertBytes(long counted, long limit) {
        assertThat(counted).isBetween(0L, limit);
    }

    @Test
    void aSwitchToAnotherCoroutineAndBack() {
        Task<?> other = loop.spawn(() -> {
            while (true) {
                yieldNow();
            }
        });
        assertBytes(
                bytes(() -> {
                    yieldNow();
                    return null;
                }),
                16);
        other.cancel(false);
    }

    @Test
    void aCallback() {
        assertBytes(
                bytes(() -> {
                    loop.addCallback(() -> {});
                    yieldNow();
                    return null;
                }),
                800);
    }

    @Test
    void aChildThatIsAwaited() {
        assertBytes(bytes(() -> await(Async.spawn(() -> 1))), 850);
    }

    @Test
    void anAwaitOfWhatIsDone() {
        CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
        assertBytes(bytes(() -> await(done)), 240);
    }

    @Test
    void anAwaitOfAPromiseThatACallbackKeeps() {
        assertBytes(
                bytes(() -> {
                    Promise<Integer> promise = loop.promise("kept");
                    loop.addCallback(() -> promise.succeed(1));
                    return await(promise.task());
                }),
                1_000);
    }

    @Test
    void aTimerThatIsCancelled() {
        assertBytes(
                bytes(() -> {
                    loop.callLater(Duration.ofMinutes(1), () -> {}).cancel();
                    return null;
                }),
                230);
    }

    @Test
    void aGatherOfTen() {
        assertBytes(
                bytes(() -> {
                    List<Task<Integer>> ten = new ArrayList<>(10);
                    for (int i = 0; i < 10; i++) {
                        ten.add(Async.spawn(() -> 1));
                    }
                    return gather(ten);
                }),
                8_800);
    }

    @Test
    void anItemThroughAChannel() {
        Channel<Integer> channel = Channel.of(1);
        Task<?> consumer = loop.spawn(() -> {
            while (true) {
                channel.receive();
            }
        });
        assertBytes(
                bytes(() -> {
                    channel.send(1);
                    yieldNow();
                    return null;
                }),
                140);
        consumer.cancel(false);
    }

    @Test
    void aFetch() throws IOException {
        try (TestServer server = new TestServer();
                AsyncHttpClient http = AsyncHttpClient.create(loop)) {
            String url = server.url("/hello");
            assertBytes(bytes(() -> await(http.fetch(url)).status()), 11_850);
        }
    }
}
