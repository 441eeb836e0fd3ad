package dev.asyncloop.spring.web.parity;

import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;

import dev.asyncloop.Async;
import dev.asyncloop.Task;
import dev.asyncloop.spring.Coroutine;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.result.view.FragmentsRendering;
import org.springframework.web.reactive.result.view.Rendering;
import org.springframework.web.reactive.result.view.View;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Every kind of result: what a reactive handler returns in a {@code Mono}, a coroutine returns plainly. */
final class ReturnHandlers {

    private static final Duration SOON = Duration.ofMillis(1);

    private static final Resource FILE = new ByteArrayResource("0123456789".getBytes(StandardCharsets.UTF_8));

    private ReturnHandlers() {}

    private static Flux<Person> people() {
        return Flux.just(Person.ADA, Person.GRACE).delayElements(SOON);
    }

    private static Flux<ServerSentEvent<Person>> events() {
        return people().index((index, person) -> ServerSentEvent.builder(person)
                .id(String.valueOf(index))
                .event("person")
                .comment("of two")
                .retry(Duration.ofSeconds(3))
                .build());
    }

    private static HttpHeaders noted() {
        HttpHeaders headers = new HttpHeaders();
        headers.set("X-Note", "headers");
        return headers;
    }

    private static ProblemDetail busy() {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "It is busy");
        problem.setProperty("until", "noon");
        return problem;
    }

    @RestController
    @RequestMapping("/react/returns")
    static class Reactive {

        @GetMapping("/person")
        Mono<Person> person() {
            return Mono.fromSupplier(() -> Person.ADA);
        }

        @GetMapping("/list")
        Mono<List<Person>> list() {
            return Mono.fromSupplier(() -> List.of(Person.ADA, Person.GRACE));
        }

        @GetMapping("/map")
        Mono<Map<String, Integer>> map() {
            return Mono.fromSupplier(() -> Map.of("a", 1));
        }

        @GetMapping("/text")
        Mono<String> text() {
            return Mono.fromSupplier(() -> "text, ä");
        }

        @GetMapping("/empty")
        Mono<Person> empty() {
            return Mono.empty();
        }

        @GetMapping("/bytes")
        Mono<byte[]> bytes() {
            return Mono.fromSupplier(() -> "bytes".getBytes(StandardCharsets.UTF_8));
        }

        @GetMapping("/resource")
        Mono<Resource> resource() {
            return Mono.fromSupplier(() -> FILE);
        }

        @GetMapping("/problem")
        Mono<ProblemDetail> problem() {
            return Mono.fromSupplier(() -> busy());
        }

        @GetMapping("/errorresponse")
        Mono<ErrorResponse> errorresponse() {
            return Mono.fromSupplier(
                    () -> ErrorResponse.create(new IllegalStateException(), HttpStatus.CONFLICT, "busy"));
        }

        @GetMapping("/entity")
        Mono<ResponseEntity<Person>> entity() {
            return Mono.fromSupplier(
                    () -> ResponseEntity.status(202).header("X-Note", "entity").body(Person.ADA));
        }

        @GetMapping("/entity/empty")
        Mono<ResponseEntity<Void>> entityEmpty() {
            return Mono.fromSupplier(() -> ResponseEntity.noContent().build());
        }

        @GetMapping("/entity/resource")
        Mono<ResponseEntity<Resource>> entityResource() {
            return Mono.fromSupplier(() -> ResponseEntity.ok().eTag("\"v1\"").body(FILE));
        }

        @GetMapping("/entity/problem")
        Mono<ResponseEntity<ProblemDetail>> entityProblem() {
            return Mono.fromSupplier(() -> ResponseEntity.of(busy()).build());
        }

        @GetMapping("/entity/etag")
        Mono<ResponseEntity<String>> entityEtag() {
            return Mono.fromSupplier(() -> ResponseEntity.ok().eTag("\"v1\"").body("tagged"));
        }

        @GetMapping("/entity/modified")
        Mono<ResponseEntity<String>> entityModified() {
            return Mono.fromSupplier(() -> ResponseEntity.ok()
                    .lastModified(Instant.parse("2026-01-01T00:00:00Z"))
                    .body("dated"));
        }

        @GetMapping("/entity/created")
        Mono<ResponseEntity<Object>> entityCreated() {
            return Mono.fromSupplier(
                    () -> ResponseEntity.created(URI.create("/people/1")).build());
        }

        @GetMapping("/entity/of")
        Mono<ResponseEntity<Person>> entityOf() {
            return Mono.fromSupplier(() -> ResponseEntity.of(Optional.empty()));
        }

        @GetMapping("/created")
        @ResponseStatus(HttpStatus.CREATED)
        Mono<Person> created() {
            return Mono.fromSupplier(() -> Person.ADA);
        }

        @GetMapping("/reason")
        @ResponseStatus(code = HttpStatus.ACCEPTED, reason = "later")
        Mono<String> reason() {
            return Mono.fromSupplier(() -> "with a reason");
        }

        @GetMapping("/optional")
        Mono<Optional<Person>> optional() {
            return Mono.fromSupplier(() -> Optional.of(Person.ADA));
        }

        @GetMapping("/number")
        Mono<Integer> number() {
            return Mono.fromSupplier(() -> 42);
        }

        @GetMapping(path = "/typed", produces = "application/vnd.parity+json")
        Mono<String> typed() {
            return Mono.fromSupplier(() -> "{}");
        }

        @GetMapping("/headers")
        HttpHeaders headers() {
            return noted();
        }

        @GetMapping("/stage")
        CompletionStage<Person> stage() {
            return CompletableFuture.completedStage(Person.ADA);
        }

        @GetMapping("/future")
        CompletableFuture<ResponseEntity<Person>> future() {
            return CompletableFuture.completedFuture(ResponseEntity.accepted().body(Person.ADA));
        }

        @GetMapping("/future/fails")
        CompletableFuture<Person> futureFails() {
            return CompletableFuture.failedFuture(new IllegalStateException("in the future"));
        }

        @GetMapping("/mono")
        Mono<Person> mono() {
            return Mono.just(Person.ADA).delayElement(SOON);
        }

        @GetMapping("/mono/empty")
        Mono<Person> monoEmpty() {
            return Mono.empty();
        }

        @GetMapping("/mono/fails")
        Mono<Person> monoFails() {
            return Mono.error(new IllegalStateException("in the mono"));
        }

        @GetMapping("/mono/void")
        Mono<Void> monoVoid() {
            return Mono.empty();
        }

        @GetMapping("/mono/entity")
        Mono<ResponseEntity<Flux<Person>>> monoEntity() {
            return Mono.just(ResponseEntity.accepted().body(people()));
        }

        @GetMapping("/flux")
        Flux<Person> flux() {
            return people();
        }

        @GetMapping("/flux/empty")
        Flux<Person> fluxEmpty() {
            return Flux.empty();
        }

        @GetMapping("/flux/text")
        Flux<String> fluxText() {
            return Flux.just("one ", "two").delayElements(SOON);
        }

        @GetMapping(path = "/flux/lines", produces = "application/x-ndjson")
        Flux<Person> fluxLines() {
            return people();
        }

        @GetMapping(path = "/flux/events", produces = "text/event-stream")
        Flux<Person> fluxEvents() {
            return people();
        }

        @GetMapping("/flux/sse")
        Flux<ServerSentEvent<Person>> fluxSse() {
            return events();
        }

        @GetMapping("/flux/fails")
        Flux<Person> fluxFails() {
            return Flux.error(new IllegalStateException("before the first"));
        }

        @GetMapping(path = "/flux/failslater", produces = "application/x-ndjson")
        Flux<Person> fluxFailslater() {
            return people().concatWith(Flux.error(new IllegalStateException("after the second")));
        }

        @GetMapping("/flux/entity")
        ResponseEntity<Flux<Person>> fluxEntity() {
            return ResponseEntity.ok().header("X-Note", "many").body(people());
        }

        @GetMapping("/entity/mono")
        ResponseEntity<Mono<Person>> entityMono() {
            return ResponseEntity.status(203).body(Mono.just(Person.GRACE));
        }

        @GetMapping("/httpentity")
        HttpEntity<Person> httpentity() {
            return new HttpEntity<>(Person.ADA, noted());
        }

        @GetMapping("/written")
        Mono<Void> written(ServerHttpResponse response) {
            return response.writeWith(
                    Mono.just(response.bufferFactory().wrap("by hand".getBytes(StandardCharsets.UTF_8))));
        }

        @GetMapping("/nothing")
        Mono<Void> nothing() {
            return Mono.empty();
        }

        @GetMapping("/nothing/created")
        @ResponseStatus(HttpStatus.CREATED)
        Mono<Void> nothingCreated() {
            return Mono.empty();
        }

        @GetMapping("/unmodified")
        @Nullable
        String unmodified(ServerWebExchange exchange) {
            return exchange.checkNotModified("\"v1\"", Instant.parse("2026-01-01T00:00:00Z")) ? null : "modified";
        }

        @GetMapping("/task")
        Mono<Person> task() {
            return Mono.just(Person.ADA).delayElement(SOON);
        }

        @GetMapping("/task/fails")
        Mono<Person> taskFails() {
            return Mono.delay(SOON).then(Mono.error(new IllegalStateException("in the task")));
        }

        @GetMapping(path = "/versioned", version = "1")
        Mono<String> first() {
            return Mono.just("first");
        }

        @GetMapping(path = "/versioned", version = "2+")
        Mono<String> second() {
            return Mono.just("second");
        }

        @CrossOrigin(
                origins = "https://friend.example",
                allowedHeaders = "X-Own",
                exposedHeaders = "X-Note",
                maxAge = 60)
        @PutMapping("/cors")
        Mono<String> cors() {
            return Mono.just("shared");
        }
    }

    @Coroutine
    @RestController
    @RequestMapping("/await/returns")
    static class Coroutines {

        @GetMapping("/person")
        Person person() {
            yieldNow();
            return Person.ADA;
        }

        @GetMapping("/list")
        List<Person> list() {
            yieldNow();
            return List.of(Person.ADA, Person.GRACE);
        }

        @GetMapping("/map")
        Map<String, Integer> map() {
            yieldNow();
            return Map.of("a", 1);
        }

        @GetMapping("/text")
        String text() {
            yieldNow();
            return "text, ä";
        }

        @GetMapping("/empty")
        @Nullable
        Person empty() {
            yieldNow();
            return null;
        }

        @GetMapping("/bytes")
        byte[] bytes() {
            yieldNow();
            return "bytes".getBytes(StandardCharsets.UTF_8);
        }

        @GetMapping("/resource")
        Resource resource() {
            yieldNow();
            return FILE;
        }

        @GetMapping("/problem")
        ProblemDetail problem() {
            yieldNow();
            return busy();
        }

        @GetMapping("/errorresponse")
        ErrorResponse errorresponse() {
            yieldNow();
            return ErrorResponse.create(new IllegalStateException(), HttpStatus.CONFLICT, "busy");
        }

        @GetMapping("/entity")
        ResponseEntity<Person> entity() {
            yieldNow();
            return ResponseEntity.status(202).header("X-Note", "entity").body(Person.ADA);
        }

        @GetMapping("/entity/empty")
        ResponseEntity<Void> entityEmpty() {
            yieldNow();
            return ResponseEntity.noContent().build();
        }

        @GetMapping("/entity/resource")
        ResponseEntity<Resource> entityResource() {
            yieldNow();
            return ResponseEntity.ok().eTag("\"v1\"").body(FILE);
        }

        @GetMapping("/entity/problem")
        ResponseEntity<ProblemDetail> entityProblem() {
            yieldNow();
            return ResponseEntity.of(busy()).build();
        }

        @GetMapping("/entity/etag")
        ResponseEntity<String> entityEtag() {
            yieldNow();
            return ResponseEntity.ok().eTag("\"v1\"").body("tagged");
        }

        @GetMapping("/entity/modified")
        ResponseEntity<String> entityModified() {
            yieldNow();
            return ResponseEntity.ok()
                    .lastModified(Instant.parse("2026-01-01T00:00:00Z"))
                    .body("dated");
        }

        @GetMapping("/entity/created")
        ResponseEntity<Object> entityCreated() {
            yieldNow();
            return ResponseEntity.created(URI.create("/people/1")).build();
        }

        @GetMapping("/entity/of")
        ResponseEntity<Person> entityOf() {
            yieldNow();
            return ResponseEntity.of(Optional.empty());
        }

        @GetMapping("/created")
        @ResponseStatus(HttpStatus.CREATED)
        Person created() {
            yieldNow();
            return Person.ADA;
        }

        @GetMapping("/reason")
        @ResponseStatus(code = HttpStatus.ACCEPTED, reason = "later")
        String reason() {
            yieldNow();
            return "with a reason";
        }

        @GetMapping("/optional")
        Optional<Person> optional() {
            yieldNow();
            return Optional.of(Person.ADA);
        }

        @GetMapping("/number")
        Integer number() {
            yieldNow();
            return 42;
        }

        @GetMapping(path = "/typed", produces = "application/vnd.parity+json")
        String typed() {
            yieldNow();
            return "{}";
        }

        @GetMapping("/headers")
        HttpHeaders headers() {
            yieldNow();
            return noted();
        }

        @GetMapping("/stage")
        CompletionStage<Person> stage() {
            yieldNow();
            return CompletableFuture.completedStage(Person.ADA);
        }

        @GetMapping("/future")
        CompletableFuture<ResponseEntity<Person>> future() {
            yieldNow();
            return CompletableFuture.completedFuture(ResponseEntity.accepted().body(Person.ADA));
        }

        @GetMapping("/future/fails")
        CompletableFuture<Person> futureFails() {
            yieldNow();
            return CompletableFuture.failedFuture(new IllegalStateException("in the future"));
        }

        @GetMapping("/mono")
        Mono<Person> mono() {
            yieldNow();
            return Mono.just(Person.ADA).delayElement(SOON);
        }

        @GetMapping("/mono/empty")
        Mono<Person> monoEmpty() {
            yieldNow();
            return Mono.empty();
        }

        @GetMapping("/mono/fails")
        Mono<Person> monoFails() {
            yieldNow();
            return Mono.error(new IllegalStateException("in the mono"));
        }

        @GetMapping("/mono/void")
        Mono<Void> monoVoid() {
            yieldNow();
            return Mono.empty();
        }

        @GetMapping("/mono/entity")
        Mono<ResponseEntity<Flux<Person>>> monoEntity() {
            yieldNow();
            return Mono.just(ResponseEntity.accepted().body(people()));
        }

        @GetMapping("/flux")
        Flux<Person> flux() {
            yieldNow();
            return people();
        }

        @GetMapping("/flux/empty")
        Flux<Person> fluxEmpty() {
            yieldNow();
            return Flux.empty();
        }

        @GetMapping("/flux/text")
        Flux<String> fluxText() {
            yieldNow();
            return Flux.just("one ", "two").delayElements(SOON);
        }

        @GetMapping(path = "/flux/lines", produces = "application/x-ndjson")
        Flux<Person> fluxLines() {
            yieldNow();
            return people();
        }

        @GetMapping(path = "/flux/events", produces = "text/event-stream")
        Flux<Person> fluxEvents() {
            yieldNow();
            return people();
        }

        @GetMapping("/flux/sse")
        Flux<ServerSentEvent<Person>> fluxSse() {
            yieldNow();
            return events();
        }

        @GetMapping("/flux/fails")
        Flux<Person> fluxFails() {
            yieldNow();
            return Flux.error(new IllegalStateException("before the first"));
        }

        @GetMapping(path = "/flux/failslater", produces = "application/x-ndjson")
        Flux<Person> fluxFailslater() {
            yieldNow();
            return people().concatWith(Flux.error(new IllegalStateException("after the second")));
        }

        @GetMapping("/flux/entity")
        ResponseEntity<Flux<Person>> fluxEntity() {
            yieldNow();
            return ResponseEntity.ok().header("X-Note", "many").body(people());
        }

        @GetMapping("/entity/mono")
        ResponseEntity<Mono<Person>> entityMono() {
            yieldNow();
            return ResponseEntity.status(203).body(Mono.just(Person.GRACE));
        }

        @GetMapping("/httpentity")
        HttpEntity<Person> httpentity() {
            yieldNow();
            return new HttpEntity<>(Person.ADA, noted());
        }

        @GetMapping("/written")
        void written(ServerHttpResponse response) {
            Async.await(response.writeWith(
                    Mono.just(response.bufferFactory().wrap("by hand".getBytes(StandardCharsets.UTF_8)))));
        }

        @GetMapping("/nothing")
        void nothing() {
            yieldNow();
        }

        @GetMapping("/nothing/created")
        @ResponseStatus(HttpStatus.CREATED)
        void nothingCreated() {
            yieldNow();
        }

        @GetMapping("/unmodified")
        @Nullable
        String unmodified(ServerWebExchange exchange) {
            yieldNow();
            return exchange.checkNotModified("\"v1\"", Instant.parse("2026-01-01T00:00:00Z")) ? null : "modified";
        }

        @GetMapping("/task")
        Task<Person> task() {
            return Async.spawn(() -> {
                sleep(SOON);
                return Person.ADA;
            });
        }

        @GetMapping("/task/fails")
        Task<Person> taskFails() {
            return Async.spawn(() -> {
                sleep(SOON);
                throw new IllegalStateException("in the task");
            });
        }

        @GetMapping(path = "/versioned", version = "1")
        String first() {
            yieldNow();
            return "first";
        }

        @GetMapping(path = "/versioned", version = "2+")
        String second() {
            yieldNow();
            return "second";
        }

        @CrossOrigin(
                origins = "https://friend.example",
                allowedHeaders = "X-Own",
                exposedHeaders = "X-Note",
                maxAge = 60)
        @PutMapping("/cors")
        String cors() {
            yieldNow();
            return "shared";
        }
    }

    @Controller
    @RequestMapping("/react/views")
    static class ReactiveViews {

        @ModelAttribute("always")
        String always() {
            return "there";
        }

        @GetMapping("/name")
        Mono<String> name() {
            return Mono.fromSupplier(() -> "page");
        }

        @GetMapping("/redirect")
        Mono<String> redirect() {
            return Mono.fromSupplier(() -> "redirect:/elsewhere");
        }

        @GetMapping("/rendering")
        Mono<Rendering> rendering() {
            return Mono.fromSupplier(() -> Rendering.view("page")
                    .modelAttribute("who", "Ada")
                    .status(HttpStatus.ACCEPTED)
                    .header("X-Note", "rendered")
                    .build());
        }

        @GetMapping("/rendering/redirect")
        Mono<Rendering> renderingRedirect() {
            return Mono.fromSupplier(() ->
                    Rendering.redirectTo("/elsewhere").propagateQuery(true).build());
        }

        @GetMapping("/view")
        Mono<View> view() {
            return Mono.fromSupplier(() -> new PlainView("own"));
        }

        @GetMapping("/fragments")
        Mono<FragmentsRendering> fragments() {
            return Mono.fromSupplier(() -> FragmentsRendering.fragment("one", Map.of("a", 1))
                    .fragment("two", Map.of("b", 2))
                    .build());
        }

        @GetMapping("/unknown")
        Mono<String> unknown() {
            return Mono.fromSupplier(() -> "nowhere");
        }

        @GetMapping("/model")
        Mono<Model> model(Model model) {
            return Mono.fromSupplier(() -> model.addAttribute("own", 1));
        }

        @GetMapping("/map")
        Mono<Map<String, Object>> map() {
            return Mono.fromSupplier(() -> Map.of("own", 1));
        }

        @GetMapping("/attribute")
        @ModelAttribute("person")
        Mono<Person> attribute() {
            return Mono.just(Person.ADA);
        }

        @GetMapping("/default")
        Mono<Void> byDefault(Model model) {
            return Mono.fromRunnable(() -> model.addAttribute("own", 2));
        }
    }

    @Coroutine
    @Controller
    @RequestMapping("/await/views")
    static class CoroutineViews {

        @ModelAttribute("always")
        String always() {
            return "there";
        }

        @GetMapping("/name")
        String name() {
            yieldNow();
            return "page";
        }

        @GetMapping("/redirect")
        String redirect() {
            yieldNow();
            return "redirect:/elsewhere";
        }

        @GetMapping("/rendering")
        Rendering rendering() {
            yieldNow();
            return Rendering.view("page")
                    .modelAttribute("who", "Ada")
                    .status(HttpStatus.ACCEPTED)
                    .header("X-Note", "rendered")
                    .build();
        }

        @GetMapping("/rendering/redirect")
        Rendering renderingRedirect() {
            yieldNow();
            return Rendering.redirectTo("/elsewhere").propagateQuery(true).build();
        }

        @GetMapping("/view")
        View view() {
            yieldNow();
            return new PlainView("own");
        }

        @GetMapping("/fragments")
        FragmentsRendering fragments() {
            yieldNow();
            return FragmentsRendering.fragment("one", Map.of("a", 1))
                    .fragment("two", Map.of("b", 2))
                    .build();
        }

        @GetMapping("/unknown")
        String unknown() {
            yieldNow();
            return "nowhere";
        }

        @GetMapping("/model")
        Model model(Model model) {
            yieldNow();
            return model.addAttribute("own", 1);
        }

        @GetMapping("/map")
        Map<String, Object> map() {
            yieldNow();
            return Map.of("own", 1);
        }

        @GetMapping("/attribute")
        @ModelAttribute("person")
        Person attribute() {
            yieldNow();
            return Person.ADA;
        }

        @GetMapping("/default")
        void byDefault(Model model) {
            yieldNow();
            model.addAttribute("own", 2);
        }
    }
}
