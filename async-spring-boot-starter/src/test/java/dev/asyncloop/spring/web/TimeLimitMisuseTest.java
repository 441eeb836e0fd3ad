package dev.asyncloop.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TimeLimit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A limit of time that would do nothing, or that can't be, stops the start. */
class TimeLimitMisuseTest {

    private static void detect(Class<?> type) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("good", "2s", "negative", "-2s")));
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.addEmbeddedValueResolver(environment::resolveRequiredPlaceholders);
        beans.registerBeanDefinition("suspect", new RootBeanDefinition(type));
        new TimeLimitMisuseDetector(beans).afterSingletonsInstantiated();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Reactive.class,
                NoHandler.class,
                NoController.class,
                TypeWithoutCoroutine.class,
                NoDuration.class,
                Nothing.class,
                Zero.class,
                Negative.class,
                NegativePlaceholder.class,
                UnknownPlaceholder.class,
                OfType.class
            })
    void stopsTheStart(Class<?> type) {
        assertThatThrownBy(() -> detect(type))
                .isInstanceOfSatisfying(
                        CoroutineMisuseException.class,
                        ex -> assertThat(ex.remedy()).isNotBlank())
                .hasMessageContaining("@TimeLimit on " + type.getName())
                .hasMessageContaining("'suspect'");
    }

    @Test
    void theMessageNamesTheValue() {
        assertThatThrownBy(() -> detect(NegativePlaceholder.class))
                .hasMessageContaining("\"${negative}\"")
                .hasMessageContaining("which is \"-2s\"")
                .hasMessageContaining("not positive");
    }

    @Test
    void whatIsRightDoesNot() {
        assertThatCode(() -> detect(Right.class)).doesNotThrowAnyException();
    }

    @RestController
    @TimeLimit("${unset:1m}")
    static class Right {

        @Coroutine
        @TimeLimit("${good}")
        @GetMapping("/a")
        void handle() {}

        @Coroutine
        @TimeLimit("-")
        @GetMapping("/b")
        void handleWithout() {}

        @GetMapping("/c")
        void reactive() {}
    }

    @RestController
    static class Reactive {

        @TimeLimit("2s")
        @GetMapping
        void handle() {}
    }

    @RestController
    @Coroutine
    static class NoHandler {

        @TimeLimit("2s")
        void help() {}
    }

    static class NoController {

        @TimeLimit("2s")
        void work() {}
    }

    @RestController
    @TimeLimit("2s")
    static class TypeWithoutCoroutine {

        @GetMapping
        void handle() {}
    }

    @RestController
    @Coroutine
    static class NoDuration {

        @TimeLimit("soon")
        @GetMapping
        void handle() {}
    }

    @RestController
    @Coroutine
    static class Nothing {

        @TimeLimit("")
        @GetMapping
        void handle() {}
    }

    @RestController
    @Coroutine
    static class Zero {

        @TimeLimit("0s")
        @GetMapping
        void handle() {}
    }

    @RestController
    @Coroutine
    static class Negative {

        @TimeLimit("-2s")
        @GetMapping
        void handle() {}
    }

    @RestController
    @Coroutine
    static class NegativePlaceholder {

        @TimeLimit("${negative}")
        @GetMapping
        void handle() {}
    }

    @RestController
    @Coroutine
    static class UnknownPlaceholder {

        @TimeLimit("${unknown}")
        @GetMapping
        void handle() {}
    }

    @RestController
    @Coroutine
    @TimeLimit("never")
    static class OfType {

        @GetMapping
        void handle() {}
    }
}
