package dev.asyncloop.benchmarks.startup;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application that does next to nothing, started with and without the starter. */
@SpringBootApplication
@RestController
public class StartupApplication {

    public static void main(String[] args) {
        SpringApplication.run(StartupApplication.class, args);
    }

    @GetMapping("/hello")
    String hello() {
        return "Hello, world";
    }
}
