package dev.asyncloop.demo;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;

/** The application on a real port, probing often, with {@code 127.0.0.1} open to its users as {@link Site} is there. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "board.probe-interval=400ms",
            "board.probe-timeout=2s",
            "board.also-allowed=127.0.0.1",
            "chat.pace=10ms",
            "chat.away=500ms",
            "ioloop.websocket.close-wait=300ms",
            "management.endpoint.coroutines.access=read-only",
            "management.endpoint.periodic.access=none",
            "logging.level.org.openqa.selenium=error"
        })
@interface BoardTest {}
