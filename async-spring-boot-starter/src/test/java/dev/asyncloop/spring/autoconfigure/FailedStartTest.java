package dev.asyncloop.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.spring.Coroutine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;

/** What whoever starts an application that can't work gets to read. */
@ExtendWith(OutputCaptureExtension.class)
class FailedStartTest {

    @Test
    void coroutineOnALazyServiceIsFoundWithoutMakingIt(CapturedOutput output) {
        int before = Misplaced.MADE.get();
        failToStart(WebApplicationType.REACTIVE, "spring.main.lazy-initialization=true");
        assertThat(output).contains("APPLICATION FAILED TO START").contains(Misplaced.class.getName() + ".work");
        assertThat(Misplaced.MADE).hasValue(before);
    }

    @Test
    void anApplicationThatHasBecomeAServletApplicationIsToldHowToBecomeReactiveAgain(CapturedOutput output) {
        failToStart(WebApplicationType.SERVLET);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .containsSubsequence(
                        "Description:",
                        "Spring MVC",
                        "Action:",
                        "spring-boot-starter-webmvc",
                        "spring.main.web-application-type=reactive");
    }

    private static void failToStart(WebApplicationType type, String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("server.port=0");
        assertThatThrownBy(() -> new SpringApplicationBuilder(Application.class)
                .web(type)
                .properties(all.toArray(String[]::new))
                .run());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Misplaced.class)
    static class Application {}

    @Service
    static class Misplaced {

        static final AtomicInteger MADE = new AtomicInteger();

        Misplaced() {
            MADE.incrementAndGet();
        }

        @Coroutine
        void work() {}
    }
}
