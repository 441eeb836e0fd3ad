package dev.asyncloop.spring.periodic;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicRun;
import dev.asyncloop.PeriodicStatus;
import dev.asyncloop.Promise;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.PeriodicAutoConfiguration;
import dev.asyncloop.testing.ManualClock;
import io.micrometer.context.ContextRegistry;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AliasFor;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.TaskExecutionOutcome;
import org.springframework.scheduling.config.TaskExecutionOutcome.Status;
import reactor.core.publisher.Mono;

class PeriodicTest {

    private final ManualClock clock = new ManualClock();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withInitializer(context ->
                    context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance()))
            .withConfiguration(AutoConfigurations.of(
                    LifecycleAutoConfiguration.class,
                    PropertyPlaceholderAutoConfiguration.class,
                    IOLoopAutoConfiguration.class,
                    PeriodicAutoConfiguration.class))
            .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=0s")
            .withBean(IOLoopCustomizer.class, () -> options -> options.withClock(clock));

    private void advance(ApplicationContext context, int seconds) {
        IOLoop loop = context.getBean(IOLoop.class);
        settle(loop);
        clock.advance(Duration.ZERO);
        settle(loop);
        for (int i = 0; i < seconds; i++) {
            clock.advance(Duration.ofSeconds(1));
            settle(loop);
        }
    }

    private static void settle(IOLoop loop) {
        for (int i = 0; i < 6; i++) {
            loop.runSync(() -> null);
        }
    }

    // ---- beans

    static class Calls {

        final List<String> calls = new CopyOnWriteArrayList<>();

        IOLoop on;

        void call(String what) {
            on = IOLoop.current();
            calls.add(what);
        }
    }

    static class OnAGrid extends Calls {

        @Periodic(every = "10s")
        void tick() {
            call("tick on " + Thread.currentThread().getName());
            sleep(Duration.ofSeconds(15));
            call("tock");
        }
    }

    static class WithADelay extends Calls {

        @Periodic(delay = "PT10S", initialDelay = "0")
        String tick() {
            call("tick");
            sleep(Duration.ofSeconds(5));
            return "ignored";
        }
    }

    static class WithPlaceholders extends Calls {

        @Periodic(
                every = "${tick.every}",
                initialDelay = "${tick.first:2s}",
                jitter = "${tick.jitter:10%}",
                name = "${tick.name}",
                enabled = "${tick.enabled:true}")
        void tick() {
            call("tick");
        }
    }

    static class Milliseconds extends Calls {

        @Periodic(every = "3000")
        void tick() {
            call("tick");
        }
    }

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @Periodic(every = "overridden")
    @interface Often {

        @AliasFor(annotation = Periodic.class)
        String every() default "2s";
    }

    static class Composed extends Calls {

        @Often
        void tick() {
            call("tick");
        }
    }

    static class Awaited extends Calls {

        final Promise<String> mono;

        final Promise<String> stage;

        Awaited(IOLoop loop) {
            this.mono = loop.promise("mono");
            this.stage = loop.promise("stage");
        }

        @Periodic(every = "1s")
        Mono<String> mono() {
            call("mono");
            return Mono.fromCompletionStage(mono.task());
        }

        @Periodic(every = "1s")
        CompletionStage<String> stage() {
            call("stage");
            return stage.task();
        }
    }

    static class Failing extends Calls {

        @Periodic(every = "1s")
        void tick() throws Exception {
            call("tick");
            throw new Exception("checked");
        }
    }

    interface Ticking {

        void tick();
    }

    static class BehindAnInterface extends Calls implements Ticking {

        @Override
        @Periodic(every = "1s")
        public void tick() {
            call("tick");
        }
    }

    static class NotInTheInterface implements Ticking {

        @Override
        public void tick() {}

        @Periodic(every = "1s")
        public void tock() {}
    }

    /** Puts every {@link Ticking} bean behind a proxy of its interfaces that notes its calls. */
    static class Proxies implements BeanPostProcessor, Ordered {

        final List<String> through = new CopyOnWriteArrayList<>();

        @Override
        public int getOrder() {
            return 0;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (!(bean instanceof Ticking)) {
                return bean;
            }
            ProxyFactory factory = new ProxyFactory(bean);
            factory.addAdvice((org.aopalliance.intercept.MethodInterceptor) invocation -> {
                through.add(invocation.getMethod().getName());
                return invocation.proceed();
            });
            return factory.getProxy();
        }
    }

    // ---- what runs

    @Test
    void runsOnTheGridAsACoroutineWithTheNameOfBeanAndMethod() {
        runner.withBean("cache", OnAGrid.class).run(context -> {
            advance(context, 29);
            OnAGrid bean = context.getBean(OnAGrid.class);
            assertThat(bean.calls).hasSize(2).last().isEqualTo("tock");
            assertThat(bean.calls.getFirst()).matches("tick on cache\\.tick #\\d+");
            assertThat(bean.on).isSameAs(context.getBean(IOLoop.class));
            advance(context, 1);
            assertThat(bean.calls).hasSize(3);
            assertThat(context.getBean(PeriodicCallbacks.class).all())
                    .singleElement()
                    .satisfies(callback -> {
                        assertThat(callback.name()).isEqualTo("cache.tick");
                        assertThat(callback.runs()).isEqualTo(2);
                        assertThat(callback.skipped()).isEqualTo(1);
                    });
        });
    }

    @Test
    void runsWithADelayFromEndToStartAndAnInitialDelay() {
        runner.withBean(WithADelay.class).run(context -> {
            WithADelay bean = context.getBean(WithADelay.class);
            advance(context, 14);
            assertThat(bean.calls).hasSize(1);
            advance(context, 1);
            assertThat(bean.calls).hasSize(2);
        });
    }

    @Test
    void aPlainNumberIsMilliseconds() {
        runner.withBean(Milliseconds.class).run(context -> {
            advance(context, 9);
            assertThat(context.getBean(Milliseconds.class).calls).hasSize(3);
        });
    }

    @Test
    void placeholdersAreFilledIn() {
        runner.withBean(WithPlaceholders.class)
                .withPropertyValues("tick.every=1m", "tick.name=minutely")
                .run(context -> assertThat(
                                context.getBean(PeriodicCallbacks.class).all())
                        .singleElement()
                        .satisfies(callback -> {
                            assertThat(callback.name()).isEqualTo("minutely");
                            assertThat(callback.schedule()).hasToString("every PT1M, initial delay PT2S, jitter 0.1");
                            advance(context, 2);
                            assertThat(callback.runs()).isEqualTo(1);
                        }));
    }

    @Test
    void mayBeAMetaAnnotation() {
        runner.withBean(Composed.class).run(context -> {
            advance(context, 5);
            assertThat(context.getBean(Composed.class).calls).hasSize(2);
        });
    }

    @Test
    void whatIsReturnedIsAwaited() {
        runner.withBean(Awaited.class).run(context -> {
            Awaited bean = context.getBean(Awaited.class);
            advance(context, 5);
            assertThat(bean.calls).containsExactlyInAnyOrder("mono", "stage");
            bean.stage.succeed("done");
            advance(context, 1);
            assertThat(bean.calls).containsExactlyInAnyOrder("mono", "stage", "stage");
        });
    }

    @Test
    void aFailureDoesNotEndTheSchedule() {
        runner.withBean(Failing.class).run(context -> {
            advance(context, 3);
            assertThat(context.getBean(Failing.class).calls).hasSize(3);
            assertThat(context.getBean(PeriodicCallbacks.class).all().getFirst().failures())
                    .isEqualTo(3);
        });
    }

    @Test
    void callsGoThroughTheBeansProxyAndEndWithTheBean() {
        runner.withBean(Proxies.class)
                .withBean("ticker", BehindAnInterface.class)
                .run(context -> {
                    advance(context, 2);
                    Proxies proxies = context.getBean(Proxies.class);
                    assertThat(proxies.through).containsExactly("tick", "tick");
                    PeriodicCallback callback =
                            context.getBean(PeriodicCallbacks.class).all().getFirst();
                    ((DefaultListableBeanFactory) context.getBeanFactory()).destroySingleton("ticker");
                    assertThat(callback.isRunning()).isFalse();
                    assertThat(context.getBean(PeriodicCallbacks.class).all()).isEmpty();
                    advance(context, 2);
                    assertThat(proxies.through).hasSize(2);
                });
    }

    // ---- what does not run

    @Test
    void aDashOrEnabledFalseDisables() {
        runner.withBean(WithPlaceholders.class)
                .withPropertyValues("tick.name=t", "tick.every=-")
                .run(context -> assertThat(
                                context.getBean(PeriodicCallbacks.class).all())
                        .isEmpty());
        runner.withBean(WithPlaceholders.class)
                .withPropertyValues("tick.name=t", "tick.every=1s", "tick.enabled=false")
                .run(context -> {
                    advance(context, 5);
                    assertThat(context.getBean(WithPlaceholders.class).calls).isEmpty();
                });
    }

    @Test
    void oneSwitchTurnsAllOff() {
        runner.withBean(Milliseconds.class)
                .withPropertyValues("ioloop.periodic.enabled=false")
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(PeriodicCallbacks.class);
                    advance(context, 5);
                    assertThat(context.getBean(Milliseconds.class).calls).isEmpty();
                });
    }

    @Test
    void withoutPeriodicMethodsNoLoopIsAskedFor() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(PeriodicAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed());
    }

    // ---- life

    @Configuration(proxyBeanMethods = false)
    static class Lazily {

        @Bean
        Milliseconds milliseconds() {
            return new Milliseconds();
        }

        @Bean
        StringBuilder other() {
            return new StringBuilder();
        }
    }

    @Test
    void aBeanThatNobodyAsksForRunsAlsoWithLazyInitialization() {
        runner.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withUserConfiguration(Lazily.class)
                .run(context -> {
                    ConfigurableApplicationContext running = context.getSourceApplicationContext();
                    assertThat(running.getBeanFactory().containsSingleton("other"))
                            .isFalse();
                    advance(context, 3);
                    assertThat(context.getBean(Milliseconds.class).calls).hasSize(1);
                });
    }

    @Test
    void startsAfterTheServerAndStopsBeforeItsGracefulShutdown() {
        runner.run(
                context -> assertThat(context.getBean(PeriodicCallbacks.class).getPhase())
                        .isGreaterThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE));
    }

    @Test
    void isStoppedAndStartedWithItsContext() {
        runner.withBean(Milliseconds.class).run(context -> {
            ConfigurableApplicationContext running = context.getSourceApplicationContext();
            Milliseconds bean = context.getBean(Milliseconds.class);
            assertThat(context.getBean(PeriodicCallbacks.class).isPauseable()).isTrue();
            advance(context, 4);
            running.stop();
            advance(context, 10);
            assertThat(bean.calls).hasSize(1);
            running.start();
            advance(context, 3);
            assertThat(bean.calls).hasSize(2);
        });
    }

    @Test
    void theStopWaitsForWhatRuns() {
        runner.withBean(OnAGrid.class).run(context -> {
            PeriodicCallbacks callbacks = context.getBean(PeriodicCallbacks.class);
            advance(context, 11);
            List<String> stopped = new CopyOnWriteArrayList<>();
            callbacks.stop(() -> stopped.add("stopped"));
            advance(context, 13);
            assertThat(stopped).isEmpty();
            advance(context, 1);
            assertThat(stopped).hasSize(1);
            assertThat(context.getBean(OnAGrid.class).calls).hasSize(2).endsWith("tock");
            callbacks.stop(() -> stopped.add("again, with nothing to wait for"));
            assertThat(stopped).hasSize(2);
        });
    }

    @Test
    void aBeanThatIsMadeLaterStartsAtOnce() {
        runner.withBean("late", Milliseconds.class, Milliseconds::new, definition -> definition.setLazyInit(true))
                .run(context -> {
                    assertThat(context.getBean(PeriodicCallbacks.class).all()).isEmpty();
                    Milliseconds bean = context.getBean(Milliseconds.class);
                    advance(context, 3);
                    assertThat(bean.calls).hasSize(1);
                });
    }

    @Test
    void aTaskThatIsMadeLateKnowsNothingOfWhoNeededIt() {
        ThreadLocal<String> user = new ThreadLocal<>();
        ContextRegistry.getInstance().registerThreadLocalAccessor("user", user);
        List<String> seen = new CopyOnWriteArrayList<>();
        try {
            runner.withBean(
                            "late",
                            Told.class,
                            () -> new Told(() -> seen.add(String.valueOf(user.get()))),
                            definition -> definition.setLazyInit(true))
                    .run(context -> {
                        user.set("somebody");
                        context.getBean(Told.class);
                        advance(context, 2);
                        assertThat(seen).containsExactly("null", "null");
                    });
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("user");
        }
    }

    static class Told {

        private final Runnable what;

        Told(Runnable what) {
            this.what = what;
        }

        @Periodic(every = "1s")
        void tick() {
            what.run();
        }
    }

    // ---- more than one, and named

    static class Repeated extends Calls {

        @Periodic(every = "2s")
        @Periodic(every = "5s")
        @Often(every = "7s")
        void tick() {
            call(Thread.currentThread().getName());
        }
    }

    @Test
    void mayBeRepeatedAndThenHasNumbers() {
        runner.withBean("clock", Repeated.class).run(context -> {
            advance(context, 7);
            assertThat(context.getBean(PeriodicCallbacks.class).tasks())
                    .extracting(PeriodicTask::name, PeriodicTask::schedule)
                    .containsExactlyInAnyOrder(
                            tuple("clock.tick", "every PT2S"),
                            tuple("clock.tick.2", "every PT5S"),
                            tuple("clock.tick.3", "every PT7S"));
            assertThat(context.getBean(Repeated.class).calls)
                    .extracting(thread -> thread.substring(0, thread.indexOf(" #")))
                    .containsExactly("clock.tick", "clock.tick", "clock.tick.2", "clock.tick", "clock.tick.3");
        });
    }

    // ---- times of day, limits

    static class AtTimes extends Calls {

        @Periodic(cron = "*/10 * * * * *", zone = "Asia/Tokyo")
        void tick() {
            call("tick");
        }
    }

    @Test
    void runsAtTheTimesOfACronExpression() {
        runner.withBean("clock", AtTimes.class).run(context -> {
            advance(context, 9);
            assertThat(context.getBean(AtTimes.class).calls).isEmpty();
            advance(context, 11);
            assertThat(context.getBean(AtTimes.class).calls).hasSize(2);
            assertThat(task(context, "clock.tick").schedule()).isEqualTo("cron */10 * * * * *, zone Asia/Tokyo");
            assertThat(task(context, "clock.tick").status().next()).isEqualTo(clock.instant().plusSeconds(10));
        });
    }

    private static PeriodicTask task(ApplicationContext context, String name) {
        PeriodicTask task = context.getBean(PeriodicCallbacks.class).task(name);
        assertThat(task).isNotNull();
        return task;
    }

    static class Limited {

        @Periodic(every = "10s", timeout = "3s")
        Mono<Void> tick() {
            return Mono.never();
        }
    }

    @Test
    void whatTakesTooLongIsCancelled() {
        runner.withBean("clock", Limited.class).run(context -> {
            advance(context, 13);
            assertThat(task(context, "clock.tick").status().history())
                    .extracting(PeriodicRun::outcome, PeriodicRun::duration)
                    .containsExactly(tuple(PeriodicRun.Outcome.TIMED_OUT, Duration.ofSeconds(3)));
        });
    }

    // ---- properties

    @Test
    void propertiesReplaceAttributes() {
        runner.withBean("clock", OnAGrid.class)
                .withPropertyValues(
                        "ioloop.periodic.tasks.clock.tick.cron=*/5 * * * * *",
                        "ioloop.periodic.tasks.clock.tick.timeout=${limit:2s}")
                .run(context -> {
                    advance(context, 12);
                    assertThat(task(context, "clock.tick").schedule()).isEqualTo("cron */5 * * * * *, timeout PT2S");
                    assertThat(context.getBean(OnAGrid.class).calls).hasSize(2);
                });
    }

    @Test
    void propertiesKeepWhatTheyDoNotName() {
        runner.withBean("clock", WithPlaceholders.class)
                .withPropertyValues(
                        "tick.name=minutely",
                        "tick.every=1m",
                        "tick.enabled=false",
                        "ioloop.periodic.tasks.minutely.delay=5s",
                        "ioloop.periodic.tasks.minutely.enabled=true")
                .run(context -> {
                    assertThat(task(context, "minutely").schedule())
                            .isEqualTo("delay PT5S, initial delay PT2S, jitter 0.1");
                    assertThat(task(context, "minutely").isEnabled()).isTrue();
                });
    }

    @Test
    void whatIsDisabledIsListedAndCannotBeSteered() {
        for (String property : List.of("every=-", "delay=-", "cron=-", "enabled=false")) {
            runner.withBean("clock", Milliseconds.class)
                    .withPropertyValues("ioloop.periodic.tasks.clock.tick." + property)
                    .run(context -> {
                        advance(context, 5);
                        PeriodicTask task = task(context, "clock.tick");
                        assertThat(task.isEnabled()).isFalse();
                        assertThat(task.callback()).isNull();
                        assertThat(task.schedule()).isEqualTo(property.endsWith("-") ? "-" : "every PT3S");
                        assertThat(task.status().state()).isEqualTo(PeriodicStatus.State.STOPPED);
                        assertThat(context.getBean(Milliseconds.class).calls).isEmpty();
                        assertThatIllegalStateException()
                                .isThrownBy(task::trigger)
                                .withMessageContaining("'clock.tick' is disabled");
                    });
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void propertiesOfATaskThatThereIsNotAreWarnedOf(CapturedOutput output) {
        runner.withBean("clock", Milliseconds.class)
                .withPropertyValues("ioloop.periodic.tasks.clock.tock.every=1s")
                .run(context -> assertThat(output)
                        .contains("`ioloop.periodic.tasks.clock.tock` overrides no periodic task that there is now;"
                                + " did you mean 'clock.tick'?"));
    }

    // ---- beans that come and go

    @Test
    void aBeanThatIsMadeAgainHasItsTaskAgain() {
        runner.withBean("clock", Milliseconds.class).run(context -> {
            PeriodicCallback first = task(context, "clock.tick").callback();
            ((DefaultListableBeanFactory) context.getBeanFactory()).destroySingleton("clock");
            Milliseconds bean = context.getBean(Milliseconds.class);
            assertThat(first.isRunning()).isFalse();
            assertThat(task(context, "clock.tick").callback()).isNotSameAs(first);
            advance(context, 3);
            assertThat(bean.calls).hasSize(1);
        });
    }

    @Test
    void aPrototypeThatIsMadeInAFactoryOfItsOwnIsRefused() {
        runner.run(context -> {
            DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
            RootBeanDefinition definition = new RootBeanDefinition(Milliseconds.class);
            definition.setScope("prototype");
            beans.registerBeanDefinition("later", definition);
            assertThatExceptionOfType(BeanCreationException.class)
                    .isThrownBy(() -> beans.getBean("later"))
                    .havingRootCause()
                    .isInstanceOf(PeriodicMisuseException.class)
                    .withMessageContaining("is on a prototype");
        });
    }

    // ---- steering

    @Test
    void isSteeredWhileTheApplicationRuns() {
        runner.withBean("clock", Milliseconds.class).run(context -> {
            ConfigurableApplicationContext running = context.getSourceApplicationContext();
            Milliseconds bean = context.getBean(Milliseconds.class);
            PeriodicTask task = task(context, "clock.tick");
            assertThat(task.target()).isEqualTo(Milliseconds.class.getName() + ".tick");
            assertThat(task.trigger()).isTrue();
            advance(context, 0);
            assertThat(bean.calls).hasSize(1);
            task.pause();
            advance(context, 7);
            assertThat(bean.calls).hasSize(1);
            running.stop();
            assertThat(task.status().state()).isEqualTo(PeriodicStatus.State.STOPPED);
            assertThatIllegalStateException()
                    .isThrownBy(task::trigger)
                    .withMessageContaining("starts or stops");
            running.start();
            advance(context, 4);
            assertThat(bean.calls).as("still paused").hasSize(1);
            task.resume();
            advance(context, 2);
            assertThat(bean.calls).hasSize(2);
        });
    }

    @Test
    void isAmongSpringsScheduledTasks() {
        runner.withBean("clock", Milliseconds.class).run(context -> {
            ScheduledTask shown = context.getBean(ScheduledTaskHolder.class)
                    .getScheduledTasks()
                    .iterator()
                    .next();
            assertThat(shown).hasToString(Milliseconds.class.getName() + ".tick");
            assertThat(shown.getTask().getLastExecutionOutcome().status()).isEqualTo(Status.NONE);
            assertThat(shown.nextExecution())
                    .isBetween(Instant.now(), Instant.now().plusSeconds(3));
            shown.getTask().getRunnable().run(); // which triggers it
            advance(context, 0);
            assertThat(context.getBean(Milliseconds.class).calls).hasSize(1);
            assertThat(shown.getTask().getLastExecutionOutcome())
                    .isEqualTo(new TaskExecutionOutcome(clock.instant(), Status.SUCCESS, null));
            shown.cancel();
            assertThat(shown.nextExecution()).isNull();
            advance(context, 5);
            assertThat(context.getBean(Milliseconds.class).calls).hasSize(1);
        });
    }
}
