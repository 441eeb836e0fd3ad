package dev.asyncloop.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.when;

import dev.asyncloop.IOLoop;
import dev.asyncloop.testing.SteppedClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Without a server, and with a bean that is mocked. */
@SpringBootTest(classes = TimedApplication.class)
@AutoConfigureWebTestClient(timeout = "20s")
@TestClock
class TestClockMockTest {

    @Autowired
    private SteppedClock clock;

    @Autowired
    private IOLoop loop;

    @Autowired
    private TimedApplication.Chores chores;

    @MockitoBean
    private TimedApplication.Prices prices;

    @Test
    void periodicsUseTheMock() {
        when(prices.of(anyString())).thenReturn(7);
        Duration before = clock.elapsed();
        clock.advance(Duration.ofMinutes(20));
        assertThat(loop.runSync(() -> List.copyOf(chores.done)))
                .anySatisfy(done -> assertThat(done).endsWith("price 7"));
        assertThat(clock.elapsed().minus(before)).isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void handlersSleepWithoutAServer(@Autowired WebTestClient client) {
        CompletableFuture<?> answer = CompletableFuture.runAsync(
                () -> client.get().uri("/slow/5").exchange().expectStatus().isOk());
        clock.untilWaiting("GET /slow/{minutes}");
        clock.advance(Duration.ofMinutes(5));
        assertThat(answer).succeedsWithin(20, TimeUnit.SECONDS);
    }

    @Test
    void aWebSocketNeedsAServer(@Autowired WebTestClient client) {
        client.get()
                .uri("/echo")
                .header("Upgrade", "websocket")
                .header("Connection", "Upgrade")
                .header("Sec-WebSocket-Version", "13")
                .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
                .exchange()
                .expectStatus()
                .isEqualTo(HttpStatus.NOT_IMPLEMENTED);
    }
}
