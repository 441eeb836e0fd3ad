package dev.asyncloop.spring;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** In a JVM without any flag. */
@ExtendWith(OutputCaptureExtension.class)
class StarterNoFlagTest {

    @Test
    void anApplicationThatOnlyAddsTheDependencyRunsOnTheJdksCarrier(CapturedOutput output) {
        try (TestApplication application = TestApplication.start(Application.class)) {
            assertThat(application.bean(IOLoop.class).carrier()).isEqualTo(Carrier.JDK);
            assertThat(application.get("/hello/Ada").getBody()).isEqualTo("hello Ada");
            assertThat(output)
                    .containsOnlyOnce("ioloop runs on the JDK carrier")
                    .contains("Add-Opens: java.base/java.lang");
        }
    }

    @Test
    void theEventLoopCarrierIsRefusedWithTheLineThatAllowsIt(CapturedOutput output) {
        assertThatThrownBy(() -> TestApplication.start(Application.class, "ioloop.carrier=event-loop"))
                .isInstanceOf(Exception.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Invalid value 'event-loop' for configuration property 'ioloop.carrier'")
                .contains("--add-opens java.base/java.lang=ALL-UNNAMED");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @RestController
    static class Handlers {

        @Coroutine
        @GetMapping("/hello/{name}")
        String hello(@PathVariable String name) {
            sleep(Duration.ofMillis(5));
            return "hello " + name;
        }
    }
}
