package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.spawn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A client that goes away while its handler is somewhere else than in a plain wait, where it has to be interrupted. */
@ExtendWith(OutputCaptureExtension.class)
class LeftWhileBlockingTest {

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void isNoErrorEither(String carrier, CapturedOutput output) throws Exception {
        try (TestApplication application = TestApplication.start(
                Application.class, "ioloop.carrier=" + carrier, "ioloop.watchdog.slow-callback=10s")) {
            Handlers handlers = application.bean(Handlers.class);
            for (String path : new String[] {"/blocking", "/bean", "/executor", "/child", "/get", "/mono"}) {
                handlers.arrived = new CountDownLatch(1);
                handlers.ended = new CountDownLatch(1);
                try (Socket socket = new Socket("127.0.0.1", application.port())) {
                    socket.getOutputStream()
                            .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    assertThat(handlers.arrived.await(20, TimeUnit.SECONDS))
                            .as(path)
                            .isTrue();
                }
                assertThat(handlers.ended.await(20, TimeUnit.SECONDS)).as(path).isTrue();
            }
        }
        assertThat(output).doesNotContain("ERROR").doesNotContain("WARN");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Handlers.class, Repository.class})
    static class Application {}

    @Blocking
    static class Repository {

        String find() throws InterruptedException {
            new CountDownLatch(1).await();
            return "never";
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        volatile CountDownLatch arrived = new CountDownLatch(1);

        volatile CountDownLatch ended = new CountDownLatch(1);

        private final Repository repository;

        private final IOLoop loop;

        Handlers(Repository repository, IOLoop loop) {
            this.repository = repository;
            this.loop = loop;
        }

        private <T> T observed(Callable<T> body) throws Exception {
            try {
                arrived.countDown();
                return body.call();
            } finally {
                ended.countDown();
            }
        }

        private static String forEver() throws InterruptedException {
            new CountDownLatch(1).await();
            return "never";
        }

        @GetMapping("/blocking")
        String inBlocking() throws Exception {
            return observed(() -> blocking(Handlers::forEver));
        }

        @GetMapping("/bean")
        String inBean() throws Exception {
            return observed(repository::find);
        }

        @GetMapping("/executor")
        String inExecutor() throws Exception {
            return observed(() -> await(loop.runInExecutor(Handlers::forEver)));
        }

        @GetMapping("/child")
        String inChild() throws Exception {
            return observed(() -> await(spawn(() -> blocking(Handlers::forEver))));
        }

        @GetMapping("/get")
        String inGet() throws Exception {
            return observed(() -> spawn(() -> blocking(Handlers::forEver)).get());
        }

        @GetMapping("/mono")
        String inMono() throws Exception {
            return observed(() -> await(Mono.<String>never()));
        }
    }
}
