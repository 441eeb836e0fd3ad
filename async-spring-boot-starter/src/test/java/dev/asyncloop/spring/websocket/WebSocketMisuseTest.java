package dev.asyncloop.spring.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.WebSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A mapping that can't work stops the start, and says where and what to do. */
@ExtendWith(OutputCaptureExtension.class)
class WebSocketMisuseTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                NoController.class,
                PrivateMethod.class,
                NoSocket.class,
                TwoSockets.class,
                AlsoARequest.class,
                AlsoBlocking.class,
                ReturnsText.class,
                ReturnsMono.class,
                NoOrigin.class,
                NoSubprotocol.class
            })
    void whatCannotWorkStopsTheStart(Class<?> type) {
        assertThatThrownBy(() -> detect(type))
                .isInstanceOfSatisfying(
                        WebSocketMisuseException.class,
                        ex -> assertThat(ex.remedy()).isNotBlank())
                .hasMessageContaining("@WebSocketMapping on " + type.getName() + ".handle")
                .hasMessageContaining("'suspect'");
    }

    private static void detect(Class<?> type) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition("suspect", new RootBeanDefinition(type));
        new WebSocketMisuseDetector(beans).afterSingletonsInstantiated();
    }

    @Test
    void whatWorksDoesNot() {
        assertThatCode(() -> detect(Fine.class)).doesNotThrowAnyException();
    }

    @Test
    void twoWithTheSamePathAreExplained(CapturedOutput output) {
        assertThatThrownBy(() -> TestApplication.start(Twice.class)).isInstanceOf(Exception.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .containsPattern("has the path /b/\\{[xy]} of")
                .contains("Give one of them another path.");
    }

    @ParameterizedTest
    @CsvSource({
        "ioloop.websocket.ping-timeout, 31s",
        "ioloop.websocket.ping-interval, -1s",
        "ioloop.websocket.outbox, 0",
        "ioloop.websocket.max-message-size, 3GB",
        "ioloop.websocket.allowed-origins, a.example"
    })
    void aPropertyThatCannotBeIsExplained(String name, String value, CapturedOutput output) {
        assertThatThrownBy(() -> TestApplication.start(Empty.class, name + "=" + value))
                .isInstanceOf(Exception.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("for configuration property '" + name + "'");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Empty {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(TwiceHandlers.class)
    static class Twice {}

    @RestController
    static class TwiceHandlers {

        @WebSocketMapping({"/a", "/b/{x}"})
        void one(WebSocket socket) {}

        @WebSocketMapping("/b/{y}")
        void other(WebSocket socket) {}
    }

    @RestController
    static class Fine {

        @WebSocketMapping("/one")
        void socket(WebSocket socket) {}

        @Coroutine
        @WebSocketMapping(path = "/two", origins = "https://*.a.example", subprotocols = "chat")
        String handshake(WebSocketHandshake handshake) {
            return "";
        }
    }

    @Service
    static class NoController {

        @WebSocketMapping("/")
        void handle(WebSocket socket) {}
    }

    @RestController
    static class PrivateMethod {

        @WebSocketMapping("/")
        private void handle(WebSocket socket) {}
    }

    @RestController
    static class NoSocket {

        @WebSocketMapping("/")
        void handle() {}
    }

    @RestController
    static class TwoSockets {

        @WebSocketMapping("/")
        void handle(WebSocket socket, WebSocketHandshake handshake) {}
    }

    @RestController
    static class AlsoARequest {

        @GetMapping("/")
        @WebSocketMapping("/")
        void handle(WebSocket socket) {}
    }

    @RestController
    @Blocking
    static class AlsoBlocking {

        @WebSocketMapping("/")
        void handle(WebSocket socket) {}
    }

    @RestController
    static class ReturnsText {

        @WebSocketMapping("/")
        String handle(WebSocket socket) {
            return "";
        }
    }

    @RestController
    static class ReturnsMono {

        @WebSocketMapping("/")
        Mono<Void> handle(WebSocketHandshake handshake) {
            return Mono.empty();
        }
    }

    @RestController
    static class NoOrigin {

        @WebSocketMapping(path = "/", origins = "a.example")
        void handle(WebSocket socket) {}
    }

    @RestController
    static class NoSubprotocol {

        @WebSocketMapping(path = "/", subprotocols = "a b")
        void handle(WebSocket socket) {}
    }
}
