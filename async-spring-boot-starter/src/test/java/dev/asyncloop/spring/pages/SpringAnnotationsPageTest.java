package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Blocking;
import dev.asyncloop.sync.Semaphore;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The snippets of docs/spring-annotations.md, compiled. */
class SpringAnnotationsPageTest {

    @Service
    @Blocking // the turn is given away for the whole transaction
    static class Bookings {

        private final JdbcClient jdbc;

        Bookings(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        public void book(String seat, String guest) {
            jdbc.sql("insert into booking values (?, ?)").params(seat, guest).update();
            jdbc.sql("update seat set free = false where name = ?").param(seat).update();
        }
    }

    @Service
    static class Rates {

        private final AsyncHttpClient http;

        Rates(AsyncHttpClient http) {
            this.http = http;
        }

        @Cacheable(cacheNames = "rates", sync = true) // whoever comes meanwhile gets the same future
        public CompletableFuture<String> rate(String currency) {
            return IOLoop.current()
                    .spawn(() -> await(http.fetch("https://rates.example/" + currency))
                            .text())
                    .toCompletableFuture();
        }
    }

    static String rate(Rates rates) {
        return await(rates.rate("EUR"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods(order = Ordered.LOWEST_PRECEDENCE - 2) // inside of @Blocking
    static class ResilienceConfiguration {}

    @Service
    @Blocking
    static class Ledger {

        private final JdbcClient jdbc;

        Ledger(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @Retryable(delay = 200, excludes = CancellationException.class)
        public int balance() {
            return jdbc.sql("select sum(amount) from entry")
                    .query(Integer.class)
                    .single();
        }
    }

    @Service
    static class Scans {

        private final Semaphore permits = new Semaphore(4);

        private final AsyncHttpClient http;

        Scans(AsyncHttpClient http) {
            this.http = http;
        }

        String scan(String url) {
            try (var permit = permits.hold()) {
                return await(http.fetch(url)).text();
            }
        }
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        Snippets.assertCompiled("spring-annotations.md", 4, SpringAnnotationsPageTest.class);
    }

    static String inBlocking(Ledger ledger) {
        return Async.blocking(() -> "" + ledger.balance());
    }
}
