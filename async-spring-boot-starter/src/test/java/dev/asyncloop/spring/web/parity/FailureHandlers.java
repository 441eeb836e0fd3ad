package dev.asyncloop.spring.web.parity;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.yieldNow;

import dev.asyncloop.spring.Coroutine;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Failures before and after the first wait, and what exception handlers of the controller and of advice make of them. */
final class FailureHandlers {

    private FailureHandlers() {}

    static class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    @ResponseStatus(HttpStatus.UNAVAILABLE_FOR_LEGAL_REASONS)
    static class Unlawful extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    static class Unhandleable extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    private static Throwable failure(String kind) {
        return switch (kind) {
            case "status" -> new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED, "no money");
            case "unlawful" -> new Unlawful();
            case "problem" -> problem();
            case "io" -> new IOException("no disk");
            case "file" -> new FileNotFoundException("no file");
            case "timeout" -> new TimeoutException("too late");
            case "cause" -> new IllegalArgumentException("outside", new Refused("inside"));
            case "unhandleable" -> new Unhandleable();
            case "arithmetic" -> new ArithmeticException("for the second advice");
            case "error" -> new AssertionError("an error");
            case "state" -> new IllegalStateException("nobody handles this");
            default -> new Refused(kind);
        };
    }

    private static ErrorResponseException problem() {
        ErrorResponseException problem = new ErrorResponseException(HttpStatus.CONFLICT);
        problem.setDetail("It is busy");
        problem.setType(URI.create("urn:busy"));
        problem.getHeaders().set("X-Note", "problem");
        return problem;
    }

    private static void raise(String kind) throws Exception {
        Throwable failure = failure(kind);
        if (failure instanceof Exception exception) {
            throw exception;
        }
        throw (Error) failure;
    }

    @RestController
    @RequestMapping("/react/fails")
    static class Reactive {

        @ModelAttribute
        Mono<Void> model(@RequestParam(required = false) @Nullable String model) {
            return model == null ? Mono.empty() : Mono.error(failure(model));
        }

        @GetMapping("/now/{kind}")
        Mono<String> now(@PathVariable String kind) throws Exception {
            raise(kind);
            return Mono.empty();
        }

        @GetMapping("/later/{kind}")
        Mono<String> later(@PathVariable String kind, ServerWebExchange exchange) {
            exchange.getResponse().getHeaders().set("X-Before", "kept");
            exchange.getResponse().getHeaders().set(HttpHeaders.CONTENT_LANGUAGE, "not kept");
            return Mono.delay(Duration.ofMillis(1)).then(Mono.error(failure(kind)));
        }

        @GetMapping("/argument")
        Mono<String> argument(@RequestParam int number) {
            return Mono.just("never");
        }

        @GetMapping(path = "/json/{kind}", produces = "application/json")
        Mono<Person> json(@PathVariable String kind) {
            return Mono.error(failure(kind));
        }

        @GetMapping("/flux/{kind}")
        Flux<Person> flux(@PathVariable String kind) {
            return Flux.error(failure(kind));
        }

        @ExceptionHandler
        Mono<ResponseEntity<String>> refused(Refused failure, ServerHttpRequest request, HandlerMethod method) {
            return Mono.just(ResponseEntity.status(HttpStatus.LOCKED)
                    .header("X-Method", method.getMethod().getName())
                    .body(failure.getMessage() + " at " + request.getPath()));
        }

        @ExceptionHandler
        @ResponseStatus(HttpStatus.GATEWAY_TIMEOUT)
        Mono<Void> timeout(TimeoutException failure) {
            return Mono.empty();
        }

        @ExceptionHandler(produces = "application/json")
        Mono<Person> fileAsJson(FileNotFoundException failure) {
            return Mono.just(Person.ADA);
        }

        @ExceptionHandler(produces = "text/plain")
        Mono<String> fileAsText(FileNotFoundException failure) {
            return Mono.just("no file, as text");
        }

        @ExceptionHandler
        Mono<String> unhandleable(Unhandleable failure) {
            throw new IllegalStateException("in the exception handler");
        }
    }

    @Coroutine
    @RestController
    @RequestMapping("/await/fails")
    static class Coroutines {

        @ModelAttribute
        Mono<Void> model(@RequestParam(required = false) @Nullable String model) {
            return model == null ? Mono.empty() : Mono.error(failure(model));
        }

        @GetMapping("/now/{kind}")
        String now(@PathVariable String kind) throws Exception {
            raise(kind);
            return "";
        }

        @GetMapping("/later/{kind}")
        String later(@PathVariable String kind, ServerWebExchange exchange) throws Exception {
            exchange.getResponse().getHeaders().set("X-Before", "kept");
            exchange.getResponse().getHeaders().set(HttpHeaders.CONTENT_LANGUAGE, "not kept");
            await(Mono.delay(Duration.ofMillis(1)));
            raise(kind);
            return "";
        }

        @GetMapping("/argument")
        String argument(@RequestParam int number) {
            return "never";
        }

        @GetMapping(path = "/json/{kind}", produces = "application/json")
        Person json(@PathVariable String kind) throws Exception {
            yieldNow();
            raise(kind);
            return Person.ADA;
        }

        @GetMapping("/flux/{kind}")
        Flux<Person> flux(@PathVariable String kind) {
            return Flux.error(failure(kind));
        }

        @ExceptionHandler
        ResponseEntity<String> refused(Refused failure, ServerHttpRequest request, HandlerMethod method) {
            yieldNow();
            return ResponseEntity.status(HttpStatus.LOCKED)
                    .header("X-Method", method.getMethod().getName())
                    .body(failure.getMessage() + " at " + request.getPath());
        }

        @ExceptionHandler
        @ResponseStatus(HttpStatus.GATEWAY_TIMEOUT)
        void timeout(TimeoutException failure) {
            yieldNow();
        }

        @ExceptionHandler(produces = "application/json")
        Person fileAsJson(FileNotFoundException failure) {
            yieldNow();
            return Person.ADA;
        }

        @ExceptionHandler(produces = "text/plain")
        String fileAsText(FileNotFoundException failure) {
            yieldNow();
            return "no file, as text";
        }

        @ExceptionHandler
        String unhandleable(Unhandleable failure) {
            yieldNow();
            throw new IllegalStateException("in the exception handler");
        }
    }

    @Order(1)
    @RestControllerAdvice(assignableTypes = Reactive.class)
    static class ReactiveAdvice {

        @ExceptionHandler
        Mono<ProblemDetail> io(IOException failure) {
            return Mono.just(ProblemDetail.forStatusAndDetail(HttpStatus.INSUFFICIENT_STORAGE, failure.getMessage()));
        }
    }

    @Order(1)
    @RestControllerAdvice(assignableTypes = Coroutines.class)
    @Coroutine
    static class CoroutineAdvice {

        @ExceptionHandler
        ProblemDetail io(IOException failure) {
            yieldNow();
            return ProblemDetail.forStatusAndDetail(HttpStatus.INSUFFICIENT_STORAGE, failure.getMessage());
        }
    }

    /** For both, and no coroutine. */
    @Order(2)
    @RestControllerAdvice(assignableTypes = {Reactive.class, Coroutines.class})
    static class SharedAdvice {

        @ExceptionHandler
        @ResponseStatus(HttpStatus.BAD_GATEWAY)
        String arithmetic(ArithmeticException failure, HandlerMethod method) {
            return failure.getMessage() + ", " + method.getMethod().getName();
        }
    }
}
