package dev.asyncloop.benchmarks;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Serves the same paths as coroutines (profile {@code coroutine}) or in reactive style (profile {@code reactive}).
 */
@SpringBootApplication
public class BenchmarkApplication {

    /** Starts the application. */
    public static void main(String[] arguments) {
        SpringApplication.run(BenchmarkApplication.class, arguments);
    }
}
