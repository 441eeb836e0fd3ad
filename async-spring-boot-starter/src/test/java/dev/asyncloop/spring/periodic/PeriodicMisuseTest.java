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
        assertStops(Neither.class, "neither `every` nor `delay`", "exactly one");
    }

    static class Both {
        @Periodic(every = "1s", delay = "2s")
        void tick() {}
    }

    @Test
    void twoSchedules() {
        assertStops(Both.class, "both `every = \"1s\"` and `delay = \"2s\"`", "exactly one");
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
