package dev.asyncloop.channel;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Async.yieldNow;
import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.TaskGroup;
import dev.asyncloop.sync.Condition;
import dev.asyncloop.sync.Event;
import dev.asyncloop.sync.Lock;
import dev.asyncloop.sync.Semaphore;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The snippets of {@code docs/sharing-state.md}: compiled here, and the same there; and the tests that it names exist. */
class SharingStatePageTest {

    private static final Path PAGE = Path.of("../docs/sharing-state.md");

    private static final Path HERE = Path.of("src/test/java/dev/asyncloop/channel/SharingStatePageTest.java");

    private final Map<String, Integer> hits = new HashMap<>(); // no lock: nobody else runs between two waits

    int hit(String page) {
        return hits.merge(page, 1, Integer::sum);
    }

    private final Map<String, String> cache = new HashMap<>();
    private final Lock loading = new Lock();

    String load(String key, Function<String, Task<String>> source) {
        try (var held = loading.hold()) { // until it is closed nobody else gets in, though others run at the await
            String value = cache.get(key);
            if (value == null) {
                value = await(source.apply(key));
                cache.put(key, value);
            }
            return value;
        }
    }

    private final Semaphore atMostTen = new Semaphore(10);

    <T> T limited(Task<T> task) {
        try (var permit = atMostTen.hold()) {
            return await(task);
        }
    }

    private final Event ready = new Event();

    boolean waitUntilReady() {
        return ready.await(Duration.ofSeconds(5)); // false if it was not set in time
    }

    private int stock;
    private final Condition delivery = new Condition();

    void take() {
        while (stock == 0) {
            delivery.await();
        }
        stock--;
    }

    void deliver(int count) {
        stock += count;
        delivery.signal(count);
    }

    static int sumOfSquares(int count) {
        Channel<Integer> numbers = Channel.of(10);
        return TaskGroup.run(group -> {
            List<Task<Integer>> workers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                workers.add(group.spawn("worker", () -> {
                    int sum = 0;
                    for (int number : numbers) { // ends when the channel is closed and empty
                        yieldNow();
                        sum += number * number;
                    }
                    return sum;
                }));
            }
            for (int number = 0; number < count; number++) {
                numbers.send(number); // waits while ten are in it
            }
            numbers.close();
            int total = 0;
            for (Task<Integer> worker : workers) {
                total += await(worker);
            }
            return total;
        });
    }

    private final Topic<String> news = Topic.create();

    void follow(List<String> screen) {
        try (var subscription = news.subscribe(100, Overflow.DROP_OLDEST)) {
            for (String line : subscription) {
                screen.add(line);
            }
        }
    }

    void tell(String line) {
        news.publish(line);
    }

    static Flux<Integer> countdown(IOLoop loop, int from) {
        return Generator.flux(loop, "countdown", out -> {
            for (int i = from; i > 0; i--) {
                out.send(i); // waits until the subscriber asks for one
            }
        });
    }

    static int sum(Flux<Integer> numbers) {
        int sum = 0;
        try (var channel = Channel.from(numbers, 16)) {
            for (int number : channel) {
                sum += number;
            }
        }
        return sum;
    }

    private final ReentrantLock sharedWithThreads = new ReentrantLock();

    void guarded(Runnable action) {
        blocking(() -> {
            sharedWithThreads.lock();
            try {
                action.run(); // outside of the loop: others run meanwhile
            } finally {
                sharedWithThreads.unlock();
            }
            return null;
        });
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        String here = squeeze(Files.readString(HERE));
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(snippets).hasSize(10).allSatisfy(snippet -> assertThat(here).contains(squeeze(snippet)));
    }

    @Test
    void theTestsThatThePageNamesExist() throws Exception {
        List<MatchResult> named = Pattern.compile("`((?:sync|channel)\\.\\w+Test)\\.(\\w+)`")
                .matcher(Files.readString(PAGE))
                .results()
                .toList();
        assertThat(named).hasSizeGreaterThan(20);
        for (MatchResult test : named) {
            Method[] methods = Class.forName("dev.asyncloop." + test.group(1)).getDeclaredMethods();
            assertThat(Arrays.stream(methods).map(Method::getName))
                    .as(test.group())
                    .contains(test.group(2));
        }
    }

    @OnBothCarriers
    void theSnippetsDoWhatThePageSays(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                hit("/");
                assertThat(hit("/")).isEqualTo(2);

                int[] loads = new int[1];
                Function<String, Task<String>> source = key -> spawn(() -> {
                    yieldNow();
                    loads[0]++;
                    return "value of " + key;
                });
                Task<String> one = spawn(() -> load("a", source));
                Task<String> two = spawn(() -> load("a", source));
                assertThat(await(one)).isEqualTo(await(two)).isEqualTo("value of a");
                assertThat(loads[0]).isEqualTo(1);
                assertThat(limited(spawn(() -> 1))).isEqualTo(1);

                Task<Boolean> waiter = spawn(this::waitUntilReady);
                settle();
                ready.set();
                assertThat(await(waiter)).isTrue();

                Task<?> taker = spawn(this::take);
                settle();
                deliver(2);
                await(taker);
                assertThat(stock).isEqualTo(1);

                assertThat(sumOfSquares(30)).isEqualTo(29 * 30 * 59 / 6);

                List<String> screen = new ArrayList<>();
                Task<?> follower = spawn(() -> follow(screen));
                settle();
                tell("hello");
                news.close();
                await(follower);
                assertThat(screen).containsExactly("hello");

                assertThat(sum(countdown(loop, 4))).isEqualTo(10);
                guarded(() -> screen.add("guarded"));
                assertThat(screen).last().isEqualTo("guarded");
                return null;
            });
        }
    }
}
