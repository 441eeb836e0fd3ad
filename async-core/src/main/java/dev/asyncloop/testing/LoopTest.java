package dev.asyncloop.testing;

import dev.asyncloop.Carrier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit test method that runs as a coroutine, on a new loop in virtual time. It may wait with
 * {@link dev.asyncloop.Async}, and what it throws is what JUnit shows. Tornado's {@code gen_test}, Kotlin's
 * {@code runTest}.
 *
 * <pre>{@code
 * @LoopTest
 * void forgetsAfterADay(VirtualTimeLoop loop) {
 *     cache.put("a", 1);
 *     sleep(Duration.ofDays(1));
 *     assertThat(cache).isEmpty();
 * }
 * }</pre>
 *
 * <p>Parameters of type {@link dev.asyncloop.IOLoop} and {@link VirtualTimeLoop} are the loop, also in
 * {@code @BeforeEach} and {@code @AfterEach} methods, which run in JUnit's thread; outside of the test method the clock
 * stands still but for {@code runSync}. JUnit's thread blocks while the method runs in a thread of its own: thread locals
 * that other extensions set are not there.
 *
 * <p>The test fails also with a {@link DeadlockError} if nothing can go on, in virtual time; with a {@link LeakError} if
 * after the {@code @AfterEach} methods coroutines live or timers are set that it has started; and with the tree of
 * coroutines when its limit has passed.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(LoopTestExtension.class)
public @interface LoopTest {

    /**
     * How long, in real time, the method may take, as {@code 500ms}, {@code 5s}, {@code 2m} or {@code PT5S}. Then it is
     * cancelled and interrupted, and fails.
     */
    String timeout() default "5s";

    /** Which time the loop has. */
    Time time() default Time.VIRTUAL;

    /** On which carriers to run the method, once on each; by default on the best one that the JVM allows. */
    Carrier[] carriers() default {};

    /** What a loop's clock does. */
    enum Time {
        /** Jumps when everybody waits: {@link VirtualTimeLoop}. */
        VIRTUAL,
        /** Ticks. */
        REAL
    }
}
