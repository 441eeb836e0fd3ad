package dev.asyncloop.benchmarks.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The work that is measured, as coroutines. */
@SpringBootApplication
public class BenchmarkApplication {

    /** Starts the application. */
    public static void main(String[] arguments) {
        SpringApplication.run(BenchmarkApplication.class, arguments);
    }
}
