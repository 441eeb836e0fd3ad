package dev.asyncloop.spring.test;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.testing.SteppedClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** What becomes of the context of a test class with a {@link TestClock}. */
class TestClockContextTest {

    private static ConfigurableApplicationContext contextOf(Class<?> testClass) {
        return (ConfigurableApplicationContext)
                new TestContextManager(testClass).getTestContext().getApplicationContext();
    }

    // ---- the end

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Sleepy {

        final AtomicInteger slept = new AtomicInteger();

        @Periodic(every = "1m")
        void sleepLong() {
            sleep(Duration.ofHours(1));
            slept.incrementAndGet();
        }
    }

    @SpringBootTest(classes = Sleepy.class, webEnvironment = WebEnvironment.NONE)
    @TestClock
    static class SleepyCase {}

    @Test
    void whatSleepsHoldsUpNeitherAPauseNorTheEnd() {
        ConfigurableApplicationContext context = contextOf(SleepyCase.class);
        SteppedClock clock = context.getBean(SteppedClock.class);
        Sleepy sleepy = context.getBean(Sleepy.class);
        long start = System.nanoTime();

        clock.advance(Duration.ofMinutes(1));
        context.pause();
        assertThat(sleepy.slept).hasValue(1);
        Duration paused = clock.elapsed();
        assertThat(paused).isGreaterThanOrEqualTo(Duration.ofMinutes(61));
        context.restart();

        clock.advance(Duration.ofMinutes(1));
        assertThat(clock.elapsed()).isEqualTo(paused.plusMinutes(1)); // it stands still again
        context.close();
        assertThat(sleepy.slept).hasValue(2);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25)); // a phase has 30
    }

    @Test
    void whatDoesNotSleepIsPausedWithoutMovingTheClock() {
        ConfigurableApplicationContext context = contextOf(IdleCase.class);
        context.pause();
        context.restart();
        assertThat(context.getBean(SteppedClock.class).elapsed()).isZero();
    }

    @Test
    void aClockBeanIsThereAlsoWhereTheApplicationHasNone() {
        ConfigurableApplicationContext context = contextOf(IdleCase.class);
        Clock java = context.getBean(Clock.class);
        assertThat(java.getZone()).isEqualTo(ZoneId.of("Europe/Vienna"));
        assertThat(java.instant()).isEqualTo(context.getBean(SteppedClock.class).instant());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Idle {}

    @SpringBootTest(classes = Idle.class, webEnvironment = WebEnvironment.NONE)
    @TestClock(start = "2026-03-01T08:00", zone = "Europe/Vienna")
    static class IdleCase {}

    // ---- where the clock can't be had

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OwnLoop {

        @Bean
        IOLoop ownLoop() {
            return IOLoop.create();
        }
    }

    @SpringBootTest(classes = OwnLoop.class, webEnvironment = WebEnvironment.NONE)
    @TestClock
    static class OwnLoopCase {}

    @Test
    void aLoopOfTheApplicationsOwnIsNamed() {
        assertThatThrownBy(() -> contextOf(OwnLoopCase.class))
                .rootCause()
                .hasMessageContaining("@TestClock could not give its clock to 'ioloop', which has the system's clock")
                .hasMessageContaining("the application makes its IOLoop itself, or an IOLoopCustomizer sets a clock");
    }

    @SpringJUnitConfig(NoLoopCase.Nothing.class)
    @TestClock
    static class NoLoopCase {

        @Configuration(proxyBeanMethods = false)
        static class Nothing {}
    }

    @Test
    void aContextWithoutALoopIsRefused() {
        assertThatThrownBy(() -> contextOf(NoLoopCase.class))
                .rootCause()
                .hasMessageContaining("@TestClock needs the loop of an application, and there is no IOLoop bean");
    }

    // ---- attributes

    private static TestClockValues valuesOf(Class<?> testClass) {
        ContextCustomizer customizer =
                new TestClockContextCustomizerFactory().createContextCustomizer(testClass, List.of());
        assertThat(customizer).isNotNull();
        return ((TestClockContextCustomizer) customizer).values();
    }

    @TestClock
    static class Plain {}

    static class Heir extends Plain {}

    @TestClock(start = "2026-03-01", zone = "Europe/Vienna", limit = "30s", outsideLimit = "0s")
    static class Vienna {}

    @TestClock(start = "2026-03-01T08:00:00+01:00")
    static class WithOffset {}

    @Test
    void attributesArePartOfWhatTellsContextsApart() {
        assertThat(new TestClockContextCustomizer(valuesOf(Heir.class)))
                .isEqualTo(new TestClockContextCustomizer(valuesOf(Plain.class)))
                .isNotEqualTo(new TestClockContextCustomizer(valuesOf(Vienna.class)));
        assertThat(valuesOf(Plain.class))
                .isEqualTo(new TestClockValues(
                        Instant.EPOCH, ZoneId.of("UTC"), Duration.ofSeconds(10), Duration.ofSeconds(1)));
        assertThat(valuesOf(Vienna.class))
                .isEqualTo(new TestClockValues(
                        Instant.parse("2026-02-28T23:00:00Z"),
                        ZoneId.of("Europe/Vienna"),
                        Duration.ofSeconds(30),
                        Duration.ZERO));
        assertThat(valuesOf(IdleCase.class).start()).isEqualTo(Instant.parse("2026-03-01T07:00:00Z"));
        assertThat(valuesOf(WithOffset.class).start()).isEqualTo(Instant.parse("2026-03-01T07:00:00Z"));
        assertThat(new TestClockContextCustomizerFactory().createContextCustomizer(Object.class, List.of()))
                .isNull();
    }

    @TestClock(start = "yesterday")
    static class NoStart {}

    @TestClock(zone = "Vienna")
    static class NoZone {}

    @TestClock(limit = "0s")
    static class NoLimit {}

    @TestClock(outsideLimit = "-1s")
    static class NoOutsideLimit {}

    @ParameterizedTest
    @ValueSource(classes = {NoStart.class, NoZone.class, NoLimit.class, NoOutsideLimit.class})
    void attributesThatCantBeAreNamed(Class<?> testClass) {
        String attribute = testClass.getSimpleName().substring(2);
        assertThatThrownBy(() -> valuesOf(testClass))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("@TestClock on " + testClass.getName() + " has `")
                .hasMessageContainingAll(attribute.substring(1) + " = \"", "which can't be; write ");
    }
}
