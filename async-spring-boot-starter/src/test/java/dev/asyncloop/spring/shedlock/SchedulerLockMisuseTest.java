package dev.asyncloop.spring.shedlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.PeriodicAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.SchedulerLockAutoConfiguration;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import java.lang.reflect.Proxy;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.LockProviderToUse;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Each of these stops the start, with what is wrong and what to do. */
class SchedulerLockMisuseTest {

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withInitializer(context ->
                    context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance()))
            .withConfiguration(AutoConfigurations.of(
                    PropertyPlaceholderAutoConfiguration.class,
                    IOLoopAutoConfiguration.class,
                    PeriodicAutoConfiguration.class,
                    SchedulerLockAutoConfiguration.class));

    private final ApplicationContextRunner switchedOn = bare.withUserConfiguration(SwitchedOn.class);

    private final ApplicationContextRunner complete = switchedOn.withBean("locks", MemoryLocks.class);

    @Configuration(proxyBeanMethods = false)
    @EnableSchedulerLock(defaultLockAtMostFor = "1m")
    static class SwitchedOn {}

    private static void assertStops(ApplicationContextRunner runner, Class<?> bean, String... messages) {
        runner.withBean("clock", bean)
                .run(context -> assertThat(misuse(context.getStartupFailure()))
                        .hasMessageStartingWith("@SchedulerLock on " + bean.getName() + ".tick (bean 'clock') ")
                        .hasMessageContainingAll(messages));
    }

    private static SchedulerLockMisuseException misuse(Throwable failure) {
        Throwable current = failure;
        while (!(current instanceof SchedulerLockMisuseException misuse)) {
            assertThat(current)
                    .as("a SchedulerLockMisuseException in %s", failure)
                    .isNotNull();
            current = current.getCause();
        }
        return misuse;
    }

    static class Clock {
        @Periodic(every = "1h")
        @SchedulerLock(name = "clock")
        void tick() {}
    }

    @Test
    void noSwitch() {
        assertStops(bare, Clock.class, "would run in every instance", "@EnableSchedulerLock");
    }

    @Test
    void noProvider() {
        assertStops(switchedOn, Clock.class, "no LockProvider bean", "JdbcTemplateLockProvider");
    }

    @Test
    void severalProviders() {
        assertStops(
                complete.withBean("others", MemoryLocks.class),
                Clock.class,
                "several LockProvider beans",
                "[locks, others]",
                "@LockProviderToUse");
    }

    @LockProviderToUse("others")
    static class NoSuchProvider {
        @Periodic(every = "1h")
        @SchedulerLock(name = "clock")
        void tick() {}
    }

    @Test
    void aProviderThatIsNotThere() {
        assertStops(complete, NoSuchProvider.class, "no LockProvider bean 'others'", "correct @LockProviderToUse");
    }

    static class BadDuration {
        @Periodic(every = "1h")
        @SchedulerLock(name = "clock", lockAtMostFor = "soon")
        void tick() {}
    }

    @Test
    void aBadDuration() {
        assertStops(complete, BadDuration.class, "can't be understood", "\"soon\"", "`lockAtMostFor`");
    }

    static class NoName {
        @Periodic(every = "1h")
        @SchedulerLock
        void tick() {}
    }

    @Test
    void noName() {
        assertStops(complete, NoName.class, "lock name can not be empty", "`name`");
    }

    static class LongerAtLeast {
        @Periodic(every = "1h")
        @SchedulerLock(name = "clock", lockAtLeastFor = "2m")
        void tick() {}
    }

    @Test
    void longerAtLeastThanAtMost() {
        assertStops(complete, LongerAtLeast.class, "lockAtLeastFor is longer than lockAtMostFor");
    }

    static class Number {
        @Periodic(every = "1h")
        @SchedulerLock(name = "clock")
        int tick() {
            return 1;
        }
    }

    @Test
    void aNumber() {
        assertStops(complete, Number.class, "returns int", "make it void");
    }

    static class Final {
        @Periodic(every = "1h")
        @SchedulerLock(name = "clock")
        final void tick() {}
    }

    @Test
    void aFinalMethod() {
        assertStops(complete, Final.class, "final", "ordinary method");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        IOLoopAutoConfiguration.class,
        PeriodicAutoConfiguration.class,
        SchedulerLockAutoConfiguration.class
    })
    static class WithMisuse {
        @Bean
        Clock clock() {
            return new Clock();
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void theMessageIsExplainedAsBootDoes(CapturedOutput output) {
        SpringApplication application = new SpringApplicationBuilder(WithMisuse.class)
                .web(WebApplicationType.NONE)
                .build();
        assertThat(catchThrowable(application::run)).isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Put @EnableSchedulerLock(defaultLockAtMostFor = \"10m\") on a configuration class.");
    }

    // ---- what is none

    @Test
    void whatIsRightStarts() {
        complete.withBean("clock", Clock.class)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(PeriodicLocks.class));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableSchedulerLock(defaultLockAtMostFor = "1m", interceptMode = EnableSchedulerLock.InterceptMode.PROXY_SCHEDULER)
    @SuppressWarnings("removal")
    static class ByTheScheduler {}

    @Test
    void aProxyOfTheSchedulerDoesNotMatter() {
        bare.withUserConfiguration(ByTheScheduler.class)
                .withBean("locks", MemoryLocks.class)
                .withBean("clock", Clock.class)
                .run(context -> {
                    Clock clock = context.getBean(Clock.class);
                    context.getBean(IOLoop.class).runSync(() -> {
                        clock.tick();
                        return "";
                    });
                    assertThat(context.getBean(MemoryLocks.class).calls).containsExactly("lock clock", "unlock clock");
                });
    }

    interface Ticking {
        void tick();
    }

    static class ByInterface implements Ticking {
        @Override
        @Periodic(every = "1h")
        @SchedulerLock(name = "clock")
        public void tick() {}
    }

    @Test
    void aProxyOfAnInterfaceWillDo() {
        bare.withUserConfiguration(SwitchedOn.class)
                .withBean("locks", MemoryLocks.class)
                .withBean("clock", ByInterface.class)
                .run(context -> {
                    Ticking clock = context.getBean(Ticking.class);
                    context.getBean(IOLoop.class).runSync(() -> {
                        clock.tick();
                        return "";
                    });
                    assertThat(Proxy.isProxyClass(clock.getClass())).isTrue();
                    assertThat(context.getBean(MemoryLocks.class).calls).containsExactly("lock clock", "unlock clock");
                });
    }

    @Test
    void withoutPeriodicsNobodyAsksForLocks() {
        bare.withBean("clock", Clock.class)
                .withPropertyValues("ioloop.periodic.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PeriodicLocks.class));
    }

    static class Unlocked {
        @Periodic(every = "1h")
        void tick() {}
    }

    @Test
    void withoutShedLockTheRestWorks() {
        bare.withBean("clock", Unlocked.class)
                .withClassLoader(new FilteredClassLoader("net.javacrumbs.shedlock"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(PeriodicCallbacks.class)
                        .doesNotHaveBean("periodicLocks"));
    }
}
