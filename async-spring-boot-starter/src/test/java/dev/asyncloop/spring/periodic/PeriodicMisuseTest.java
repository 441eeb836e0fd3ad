package dev.asyncloop.spring.periodic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.PeriodicAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Each of these stops the start, with what is wrong and what to do. */
class PeriodicMisuseTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withInitializer(context ->
                    context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance()))
            .withConfiguration(AutoConfigurations.of(
                    PropertyPlaceholderAutoConfiguration.class,
                    IOLoopAutoConfiguration.class,
                    PeriodicAutoConfiguration.class));

    private void assertStops(Class<?> bean, String... messages) {
        runner.withBean("clock", bean)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .satisfies(root -> assertThat(misuse(context.getStartupFailure()))
                                .hasMessageContaining(bean.getName() + ".tick (bean 'clock')")
                                .hasMessageContainingAll(messages)));
    }

    private static PeriodicMisuseException misuse(Throwable failure) {
        Throwable current = failure;
        while (!(current instanceof PeriodicMisuseException misuse)) {
            assertThat(current).as("a PeriodicMisuseException in %s", failure).isNotNull();
            current = current.getCause();
        }
        return misuse;
    }

    static class Parameters {
        @Periodic(every = "1s")
        void tick(String first, int second) {}
    }

    @Test
    void parameters() {
        assertStops(Parameters.class, "2 parameters", "inject what the method needs");
    }

    static class Private {
        @Periodic(every = "1s")
        private void tick() {}
    }

    @Test
    void aPrivateMethod() {
        assertStops(Private.class, "private", "make it package-private");
    }

    static class Neither {
        @Periodic
        void tick() {}
    }

    @Test
    void noSchedule() {
        assertStops(Neither.class, "none of `every`, `delay` and `cron`", "exactly one");
    }

    static class Both {
        @Periodic(every = "1s", delay = "2s")
        void tick() {}
    }

    @Test
    void twoSchedules() {
        assertStops(Both.class, "has `every = \"1s\"` and `delay = \"2s\"`", "exactly one");
    }

    static class BadDuration {
        @Periodic(every = "soon")
        void tick() {}
    }

    @Test
    void aBadDuration() {
        assertStops(BadDuration.class, "`every = \"soon\"`", "30s, 1m or PT1M");
    }

    static class Zero {
        @Periodic(delay = "0s")
        void tick() {}
    }

    @Test
    void aDelayOfNothing() {
        assertStops(Zero.class, "`delay = \"0s\"`", "must have a positive delay", "PT0S");
    }

    static class FromProperties {
        @Periodic(every = "${tick.every}")
        void tick() {}
    }

    @Test
    void aBadDurationFromAProperty() {
        runner.withBean("clock", FromProperties.class)
                .withPropertyValues("tick.every=10 parsecs")
                .run(context -> assertThat(misuse(context.getStartupFailure()))
                        .hasMessageContainingAll("`every = \"${tick.every}\"`", "which is \"10 parsecs\""));
    }

    @Test
    void aPropertyThatIsNotSet() {
        assertStops(FromProperties.class, "`every = \"${tick.every}\"`", "placeholders are set");
    }

    static class BadInitialDelay {
        @Periodic(every = "1s", initialDelay = "-5s")
        void tick() {}
    }

    @Test
    void aBadInitialDelay() {
        assertStops(BadInitialDelay.class, "`initialDelay = \"-5s\"`", "must not be negative");
    }

    static class BadJitter {
        @Periodic(every = "1s", jitter = "150%", enabled = "false")
        void tick() {}
    }

    @Test
    void aBadJitterAlsoOfWhatIsNotEnabled() {
        assertStops(BadJitter.class, "`jitter = \"150%\"`", "0.1 or 10%");
    }

    static class BadEnabled {
        @Periodic(every = "1s", enabled = "yes")
        void tick() {}
    }

    @Test
    void anEnabledThatIsNeither() {
        assertStops(BadEnabled.class, "`enabled = \"yes\"`", "true or false");
    }

    static class BadCron {
        @Periodic(cron = "0 0 25 * * *")
        void tick() {}
    }

    @Test
    void aBadCronExpression() {
        assertStops(BadCron.class, "`cron = \"0 0 25 * * *\"`", "25", "six fields");
    }

    static class NeverAtAll {
        @Periodic(cron = "0 0 0 30 2 *")
        void tick() {}
    }

    @Test
    void aCronExpressionWithoutATime() {
        assertStops(NeverAtAll.class, "`cron = \"0 0 0 30 2 *\"`", "no such time");
    }

    static class BadZone {
        @Periodic(cron = "@daily", zone = "Europe/Bonn")
        void tick() {}
    }

    @Test
    void aBadTimeZone() {
        assertStops(BadZone.class, "`zone = \"Europe/Bonn\"`", "Europe/Berlin");
    }

    static class ZoneOfAPeriod {
        @Periodic(every = "1s", zone = "UTC")
        void tick() {}
    }

    static class JitterOfTimes {
        @Periodic(cron = "@daily", jitter = "10%")
        void tick() {}
    }

    static class DelayOfTimes {
        @Periodic(cron = "@daily", initialDelay = "1m")
        void tick() {}
    }

    @Test
    void whatDoesNotGoWithTheSchedule() {
        assertStops(ZoneOfAPeriod.class, "`zone = \"UTC\"`, which goes with `cron` only", "take out `zone`");
        assertStops(JitterOfTimes.class, "`jitter = \"10%\"`, which goes with `every` and `delay` only");
        assertStops(DelayOfTimes.class, "`initialDelay = \"1m\"`, which goes with `every` and `delay` only");
    }

    static class BadTimeout {
        @Periodic(every = "1s", timeout = "0s")
        void tick() {}
    }

    @Test
    void aTimeoutOfNothing() {
        assertStops(BadTimeout.class, "`timeout = \"0s\"`", "must be positive");
    }

    static class Named {
        @Periodic(every = "1s", name = "same")
        void tick() {}

        @Periodic(every = "1s", name = "${same:same}")
        void tock() {}
    }

    @Test
    void twoTasksOfOneName() {
        runner.withBean("clock", Named.class)
                .run(context -> assertThat(misuse(context.getStartupFailure()))
                        .hasMessageContainingAll("have the name 'same'", "Named.tick", "Named.tock", "another `name`"));
    }

    @Test
    void aPrototype() {
        runner.withBean("clock", Zero.class, Zero::new, definition -> definition.setScope("prototype"))
                .run(context -> assertThat(misuse(context.getStartupFailure()))
                        .hasMessageContainingAll("Zero.tick (bean 'clock')", "is on a prototype", "a singleton"));
    }

    private void assertOverrideStops(String[] properties, String... messages) {
        runner.withBean("clock", Fine.class)
                .withPropertyValues(properties)
                .run(context -> assertThat(misuse(context.getStartupFailure())).hasMessageContainingAll(messages));
    }

    static class Fine {
        @Periodic(every = "1s", initialDelay = "0")
        void tick() {}
    }

    @Test
    void anOverrideThatCannotBe() {
        String tick = "ioloop.periodic.tasks.clock.tick.";
        assertOverrideStops(
                new String[] {tick + "every=soon"},
                "Fine.tick (bean 'clock') has `" + tick + "every=soon`",
                "30s, 1m or PT1M");
        assertOverrideStops(
                new String[] {tick + "every=1s", tick + "cron=@daily"},
                "`" + tick + "every=1s` and `" + tick + "cron=@daily`",
                "exactly one");
        assertOverrideStops(
                new String[] {tick + "cron=@daily", tick + "initial-delay=1s"},
                "`" + tick + "initial-delay=1s`, which goes with `every` and `delay` only");
        assertOverrideStops(new String[] {tick + "zone=UTC"}, "`" + tick + "zone=UTC`, which goes with `cron` only");
        assertOverrideStops(new String[] {tick + "perod=1s"}, "`" + tick + "perod=1s` overrides nothing", "'perod'");
    }

    @Test
    void aMethodThatTheBeansProxyHides() {
        runner.withBean(PeriodicTest.Proxies.class)
                .withBean("clock", PeriodicTest.NotInTheInterface.class)
                .run(context -> assertThat(misuse(context.getStartupFailure()))
                        .hasMessageContainingAll("tock (bean 'clock')", "proxy", "interface"));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({IOLoopAutoConfiguration.class, PeriodicAutoConfiguration.class})
    static class Application {

        @Bean
        BadDuration clock() {
            return new BadDuration();
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void theStartSaysWhatToDo(CapturedOutput output) {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .build();
        try {
            application.run();
            throw new AssertionError("It has started");
        } catch (RuntimeException ex) {
            assertThat(misuse(ex)).isNotNull();
        }
        assertThat(output.toString())
                .contains("APPLICATION FAILED TO START")
                .containsPattern("Description:\\s+@Periodic on \\S+BadDuration.tick \\(bean 'clock'\\)")
                .containsPattern("Action:\\s+Give it a positive duration such as 30s, 1m or PT1M.");
    }
}
