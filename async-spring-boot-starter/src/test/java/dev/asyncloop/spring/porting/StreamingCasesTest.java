package dev.asyncloop.spring.porting;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asyncloop.channel.Channel;
import dev.asyncloop.channel.ReceiveChannel;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Cases 90, 96 and 97: a request's body as it comes, with nothing but Spring's request and a channel. */
@ExtendWith(SharedApplication.class)
class StreamingCasesTest {

    private final TestApplication application;

    StreamingCasesTest(TestApplication application) {
        this.application = application;
    }

    private Handlers handlers() {
        Handlers handlers = application.bean(Handlers.class);
        handlers.history.clear();
        return handlers;
    }

    @Test
    void aChunkIsReadBeforeTheNextOneIsSent() throws Exception {
        Handlers handlers = handlers();
        try (Wire wire = new Wire(application.port())) {
            wire.send("POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(handlers.history).containsExactly("prepare"));
            wire.send("4\r\nasdf\r\n");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(handlers.history).containsExactly("prepare", "asdf"));
            wire.send("4\r\nqwer\r\n0\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo("8");
            assertThat(handlers.history).containsExactly("prepare", "asdf", "qwer", "post");
        }
    }

    @Test
    void whoRefusesDoesNotReadTheBody() throws Exception {
        try (Wire wire = new Wire(application.port())) {
            wire.send("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nsome of it");
            assertThat(wire.answer().status()).isEqualTo(401);
        }
    }

    @Test
    void aClientThatLeavesDuringItsUploadCancelsTheHandler() throws Exception {
        Handlers handlers = handlers();
        try (Wire wire = new Wire(application.port())) {
            wire.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(handlers.history).containsExactly("prepare", "only this"));
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(handlers.history).containsExactly("prepare", "only this", "over"));
    }

    @Test
    void whatIsReadInALoopNeverOverlaps() {
        Handlers handlers = handlers();
        ResponseEntity<String> answer = application.exchange(
                application.client().post().uri("/slowly").bodyValue("abcdefghijklmnopqrstuvwxyz".repeat(10_000)));
        assertThat(answer.getBody()).isEqualTo("260000");
        assertThat(handlers.most).hasValue(1);
    }

    @RestController
    @Coroutine
    static class Handlers {

        final List<String> history = new CopyOnWriteArrayList<>();

        final AtomicInteger inside = new AtomicInteger();

        final AtomicInteger most = new AtomicInteger();

        private static String text(DataBuffer buffer) {
            String text = buffer.toString(StandardCharsets.UTF_8);
            DataBufferUtils.release(buffer);
            return text;
        }

        @PostMapping("/upload")
        int upload(ServerHttpRequest request) {
            history.add("prepare");
            int length = 0;
            boolean whole = false;
            try (ReceiveChannel<DataBuffer> chunks = Channel.from(request.getBody(), 1)) {
                for (DataBuffer chunk : chunks) {
                    String text = text(chunk);
                    history.add(text);
                    length += text.length();
                }
                whole = true;
            } finally {
                history.add(whole ? "post" : "over");
            }
            return length;
        }

        @PostMapping("/refused")
        int refused(ServerHttpRequest request) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED);
        }

        @PostMapping("/slowly")
        int slowly(ServerHttpRequest request) {
            int length = 0;
            try (ReceiveChannel<DataBuffer> chunks = Channel.from(request.getBody(), 1)) {
                for (DataBuffer chunk : chunks) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    sleep(Duration.ofMillis(1));
                    length += text(chunk).length();
                    inside.decrementAndGet();
                }
            }
            return length;
        }
    }
}
