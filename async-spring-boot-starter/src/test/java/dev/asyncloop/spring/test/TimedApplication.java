package dev.asyncloop.spring.test;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;

import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TimeLimit;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.web.stream.EventStream;
import dev.asyncloop.websocket.WebSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** An application with everything that has a time. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({TimedApplication.Board.class, TimedApplication.Chores.class})
class TimedApplication {

    /** The machine's own, as an application has it. */
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** What it asks for prices; a mock in some tests. */
    interface Prices {

        int of(String symbol);
    }

    @Bean
    Prices prices() {
        return String::length;
    }

    /** What happens by itself. Only ever touched on the loop. */
    @Component
    static class Chores {

        final List<String> done = new ArrayList<>();

        private final Clock clock;

        private final Prices prices;

        private final AsyncHttpClient http;

        private final ApplicationContext context;

        Chores(Clock clock, Prices prices, AsyncHttpClient http, ApplicationContext context) {
            this.clock = clock;
            this.prices = prices;
            this.http = http;
            this.context = context;
        }

        @Periodic(every = "20m")
        void price() {
            note("price " + prices.of("A"));
        }

        @Periodic(cron = "0 15 * * * *", zone = "UTC")
        void atAQuarterPast() {
            note("quarter past");
        }

        @Periodic(every = "30m")
        void fetch() {
            if (context instanceof WebServerApplicationContext server && server.getWebServer() != null) {
                String url = "http://127.0.0.1:" + server.getWebServer().getPort() + "/time";
                note("fetched " + await(http.fetch(url)).text());
            }
        }

        void note(String what) {
            done.add(LocalTime.now(clock) + " " + what);
        }
    }

    @RestController
    @Coroutine
    static class Board {

        private final Clock clock;

        Board(Clock clock) {
            this.clock = clock;
        }

        @GetMapping("/time")
        String time() {
            return LocalTime.now(clock).toString();
        }

        @GetMapping("/slow/{minutes}")
        String slow(@PathVariable int minutes) {
            sleep(Duration.ofMinutes(minutes));
            return "slept until " + time();
        }

        @TimeLimit("2s")
        @GetMapping("/limited")
        String limited() {
            return slow(1);
        }

        @GetMapping("/feed")
        void feed(EventStream out) {
            out.send("first");
            sleep(Duration.ofMinutes(1));
            out.send("last");
        }

        @WebSocketMapping("/echo")
        void echo(WebSocket socket) {
            for (String line : socket.texts()) {
                socket.send(line);
            }
        }
    }
}
