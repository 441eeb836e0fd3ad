package dev.asyncloop.spring.periodic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicStatus.State;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.PeriodicAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.TestContextManager;

/** Spring's tests pause the context of a class while those of another run, and go on with it later. */
class PausedContextTest {

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({IOLoopAutoConfiguration.class, PeriodicAutoConfiguration.class})
    static class Application {

        @Bean
        Ticking ticking() {
            return new Ticking();
        }
    }

    static class Ticking {

        @Periodic(every = "1h")
        void tick() {}
    }

    @SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    static class FirstClass {}

    @SpringBootTest(
            classes = Application.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = "ioloop.name=other")
    static class OtherClass {}

    private static ConfigurableApplicationContext contextOf(TestContextManager manager) {
        return (ConfigurableApplicationContext) manager.getTestContext().getApplicationContext();
    }

    private static PeriodicCallback tick(ConfigurableApplicationContext context) {
        return context.getBean(PeriodicCallbacks.class).all().getFirst();
    }

    @Test
    void tasksAreStoppedInAPausedContextAndStartedWithIt() throws Exception {
        TestContextManager first = new TestContextManager(FirstClass.class);
        TestContextManager other = new TestContextManager(OtherClass.class);
        ConfigurableApplicationContext context = contextOf(first);
        PeriodicCallback tick = tick(context);
        assertThat(tick.status().state()).isEqualTo(State.SCHEDULED);
        first.afterTestClass(); // its context is not in use any more

        assertThat(tick(contextOf(other)).status().state()).isEqualTo(State.SCHEDULED);
        assertThat(tick.status().state()).isEqualTo(State.STOPPED);
        assertThat(context.isActive()).isTrue();
        assertThat(context.getBean(IOLoop.class).isClosing()).isFalse();
        other.afterTestClass();

        TestContextManager again = new TestContextManager(FirstClass.class);
        assertThat(contextOf(again)).isSameAs(context);
        assertThat(tick(context)).isSameAs(tick);
        assertThat(tick.status().state()).isEqualTo(State.SCHEDULED);
        again.afterTestClass();
        contextOf(again).close();
        contextOf(new TestContextManager(OtherClass.class)).close();
    }
}
