package dev.asyncloop.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.Coroutine.SwitchOn;
import dev.asyncloop.spring.TestApplication;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Handlers that give way in waits of the JDK's. */
class SwitchOnTest {

    @ParameterizedTest
    @ValueSource(strings = {"/method", "/type", "/property"})
    void aHandlerThatBlocksLetsOtherRequestsIn(String path) throws Exception {
        try (TestApplication application = TestApplication.start(
                Application.class,
                "ioloop.carrier=event-loop",
                "ioloop.coroutine.switch-on=" + (path.equals("/property") ? "any" : "await"))) {
            Served served = application.bean(Served.class);
            CompletableFuture<String> blocked = application
                    .client()
                    .get()
                    .uri(path)
                    .retrieve()
                    .bodyToMono(String.class)
                    .toFuture();
            assertThat(served.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(application.get("/serve").getBody()).isEqualTo("served"); // on the same thread meanwhile
            assertThat(blocked.get(20, TimeUnit.SECONDS)).isEqualTo("was served");
        }
    }

    @Test
    void theOtherCarrierRefusesIt() {
        assertThatThrownBy(() -> TestApplication.start(Application.class, "ioloop.carrier=jdk"))
                .isInstanceOf(CoroutineMisuseException.class)
                .hasMessageContaining("switch on ANY")
                .hasMessageContaining("JDK carrier");
        assertThatThrownBy(() ->
                        TestApplication.start(Empty.class, "ioloop.carrier=jdk", "ioloop.coroutine.switch-on=any"))
                .rootCause()
                .hasMessageContaining("ioloop.coroutine.switch-on")
                .hasMessageContaining("--add-opens");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Empty {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Served.class, ByMethod.class, ByType.class, ByProperty.class, Serving.class})
    static class Application {}

    static class Served {

        final CountDownLatch arrived = new CountDownLatch(1);

        final Semaphore permits = new Semaphore(0);

        String block() throws InterruptedException {
            arrived.countDown();
            permits.acquire();
            return "was served";
        }
    }

    @RestController
    static class ByMethod {

        private final Served served;

        ByMethod(Served served) {
            this.served = served;
        }

        @Coroutine(switchOn = SwitchOn.ANY)
        @GetMapping("/method")
        String method() throws InterruptedException {
            return served.block();
        }
    }

    @RestController
    @Coroutine(switchOn = SwitchOn.ANY)
    static class ByType {

        private final Served served;

        ByType(Served served) {
            this.served = served;
        }

        @Coroutine
        @GetMapping("/type")
        String type() throws InterruptedException {
            return served.block();
        }
    }

    @RestController
    @Coroutine
    static class ByProperty {

        private final Served served;

        ByProperty(Served served) {
            this.served = served;
        }

        @GetMapping("/property")
        String property() throws InterruptedException {
            return served.block();
        }
    }

    @RestController
    @Coroutine(switchOn = SwitchOn.AWAIT)
    static class Serving {

        private final Served served;

        Serving(Served served) {
            this.served = served;
        }

        @GetMapping("/serve")
        String serve() {
            served.permits.release();
            return "served";
        }
    }
}
