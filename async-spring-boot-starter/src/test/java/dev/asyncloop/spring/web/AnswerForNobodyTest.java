package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asyncloop.Carrier;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** An answer that is encoded for a client that has gone: behind a filter that keeps it from being cancelled. */
class AnswerForNobodyTest {

    private static final UnpooledByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(false);

    private static final int REQUESTS = 20;

    private static final int BODY = 100_000;

    @ParameterizedTest
    @EnumSource
    void leavesNoBufferBehind(Carrier carrier) throws Exception {
        try (TestApplication application = TestApplication.start(
                Application.class,
                "ioloop.carrier=" + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
            Handlers handlers = application.bean(Handlers.class);
            for (int i = 0; i < REQUESTS; i++) {
                try (Socket socket = new Socket("127.0.0.1", application.port())) {
                    socket.getOutputStream()
                            .write("GET /late HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    assertThat(handlers.arrived.tryAcquire(20, TimeUnit.SECONDS))
                            .isTrue();
                    socket.setSoLinger(true, 0);
                }
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> handlers.gone.get() == REQUESTS);
            handlers.answer.complete("x".repeat(BODY));
            await().atMost(Duration.ofSeconds(20)).until(() -> handlers.ended.get() == REQUESTS);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(BUFFERS.metric().usedHeapMemory()
                                    + BUFFERS.metric().usedDirectMemory())
                            .isLessThan(BODY));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        NettyServerCustomizer countedBuffers(Handlers handlers) {
            return server -> server.childOption(ChannelOption.ALLOCATOR, BUFFERS)
                    .doOnConnection(connection -> connection.onDispose(handlers.gone::incrementAndGet));
        }

        /** What is behind it goes on, whoever goes. */
        @Bean
        WebFilter uncancelled(Handlers handlers) {
            return (exchange, next) -> Mono.fromFuture(
                    next.filter(exchange)
                            .doFinally(end -> handlers.ended.incrementAndGet())
                            .toFuture(),
                    true);
        }
    }

    @RestController
    static class Handlers {

        final Semaphore arrived = new Semaphore(0);

        final AtomicInteger gone = new AtomicInteger();

        final AtomicInteger ended = new AtomicInteger();

        final CompletableFuture<String> answer = new CompletableFuture<>();

        @Coroutine
        @GetMapping("/late")
        String late() {
            arrived.release();
            return await(answer);
        }
    }
}
