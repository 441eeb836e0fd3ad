package dev.asyncloop.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives the loop of the application under test a clock that stands still until the test moves it on; on a test class beside
 * {@code @SpringBootTest} or {@code @WebFluxTest}.
 *
 * <pre>{@code
 * @SpringBootTest
 * @TestClock
 * class ForgettingTest {
 *
 *     @Autowired
 *     private SteppedClock clock;
 *
 *     @Test
 *     void forgetsAfterAnHour() {
 *         clock.advance(Duration.ofHours(1));
 *         ...
 *     }
 * }
 * }</pre>
 *
 * <p>All timers of the loop follow it: {@code @Periodic}, {@code sleep}, {@code @TimeLimit}, heartbeats, pings, the limits of
 * the HTTP client. Sockets are real, and so are the limits that watch connections of the server. A
 * {@link java.time.Clock} bean that shows the same time is injected wherever the application asks for one. The context, and
 * with it the clock, is shared by all test classes with the same configuration: it goes on from where the last test has left
 * it.
 *
 * @see dev.asyncloop.testing.SteppedClock
 */
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface TestClock {

    /**
     * What the clock shows at first: {@code 2026-01-01T00:00:00Z}, or {@code 2026-01-01T08:00} or {@code 2026-01-01} in
     * {@link #zone()}.
     */
    String start() default "1970-01-01T00:00:00Z";

    /** The zone of {@link #start()} where that has none, and of the {@link java.time.Clock} bean. */
    String zone() default "UTC";

    /**
     * How long, in real time, the loop may take at each stop of the clock until it is idle, as {@code 10s} or {@code PT10S};
     * then the test fails with the tree of coroutines.
     */
    String limit() default "10s";

    /**
     * How long, in real time, each answer that is on its way (of a server, a peer that was pinged, a Mono) may take before the
     * clock goes on without it.
     */
    String outsideLimit() default "1s";
}
