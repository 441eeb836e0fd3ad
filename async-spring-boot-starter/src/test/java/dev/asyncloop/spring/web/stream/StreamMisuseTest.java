package dev.asyncloop.spring.web.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Task;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.web.CoroutineMisuseDetector;
import dev.asyncloop.spring.web.CoroutineMisuseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.http.HttpEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Streams in places where nothing can come of them stop the start. */
class StreamMisuseTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NoCoroutine|takes a EventStream but is no coroutine",
                "NoHandler|takes a EventStream but handles no requests",
                "TwoAnswers|takes two streams for its answer",
                "AValueBeside|returns java.lang.String beside its ResponseStream",
                "AMonoBeside|returns reactor.core.publisher.Mono<java.lang.Void> beside its ResponseStream",
                "TwoRequests|takes a RequestStream and another one",
                "ABodyBeside|takes a RequestStream and a @RequestBody",
                "AnEntityBeside|takes a RequestStream and a HttpEntity"
            })
    void whatCanNotWorkIsNamedWithTheWayOut(String type, String reason) {
        assertThatThrownBy(() -> check(Class.forName(getClass().getName() + "$" + type)))
                .isInstanceOfSatisfying(
                        CoroutineMisuseException.class,
                        ex -> assertThat(ex.remedy()).isNotBlank())
                .hasMessageContaining(type + ".handle (bean 'suspect')")
                .hasMessageContaining(reason);
    }

    @Test
    void whatWorksIsLetThrough() {
        assertThatCode(() -> check(Good.class)).doesNotThrowAnyException();
    }

    private static void check(Class<?> type) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition("suspect", new RootBeanDefinition(type));
        new CoroutineMisuseDetector(beans).afterSingletonsInstantiated();
    }

    @RestController
    static class NoCoroutine {

        @GetMapping("/a")
        void handle(EventStream out) {}
    }

    @RestController
    static class NoHandler {

        @ExceptionHandler
        void handle(IllegalStateException failure, EventStream out) {}
    }

    @Coroutine
    @RestController
    static class TwoAnswers {

        @GetMapping("/a")
        void handle(EventStream out, ResponseStream other) {}
    }

    @RestController
    static class AValueBeside {

        @Coroutine
        @GetMapping("/a")
        String handle(ResponseStream out) {
            return "";
        }
    }

    @RestController
    static class AMonoBeside {

        @Coroutine
        @GetMapping("/a")
        Mono<Void> handle(ResponseStream out) {
            return Mono.empty();
        }
    }

    @RestController
    static class TwoRequests {

        @Coroutine
        @PostMapping("/a")
        void handle(RequestStream in, RequestStream other) {}
    }

    @RestController
    static class ABodyBeside {

        @Coroutine
        @PostMapping("/a")
        void handle(RequestStream in, @RequestBody String body) {}
    }

    @RestController
    static class AnEntityBeside {

        @Coroutine
        @PostMapping("/a")
        void handle(RequestStream in, HttpEntity<String> body) {}
    }

    @Coroutine
    @RestController
    static class Good {

        @PostMapping("/both")
        void both(RequestStream in, ResponseStream out, @Nullable LastEventId last) {}

        @GetMapping("/forward")
        Task<@Nullable Void> forward(EventStream out) {
            return out.forward(dev.asyncloop.channel.Channel.of(1));
        }

        @PostMapping("/count")
        long count(RequestStream in) {
            return 0;
        }
    }
}
