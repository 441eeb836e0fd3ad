package dev.asyncloop.spring.web.parity;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.yieldNow;
import static dev.asyncloop.spring.web.CoroutineFunctions.coroutine;
import static dev.asyncloop.spring.web.CoroutineFunctions.coroutineFilter;
import static org.springframework.web.reactive.function.server.RequestPredicates.accept;
import static org.springframework.web.reactive.function.server.RequestPredicates.version;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The same functional routes, reactive and as coroutines. */
@Configuration(proxyBeanMethods = false)
class Routes {

    @Bean
    RouterFunction<ServerResponse> reactiveRoutes() {
        return RouterFunctions.route()
                .path(
                        "/react/routes",
                        builder -> builder.GET(
                                        "/person/{name}",
                                        accept(MediaType.APPLICATION_JSON),
                                        request -> ServerResponse.ok()
                                                .header(
                                                        "X-Note",
                                                        request.queryParam("note")
                                                                .orElse("none"))
                                                .bodyValue(new Person(request.pathVariable("name"), 1)))
                                .POST(
                                        "/body",
                                        request -> request.bodyToMono(Person.class)
                                                .flatMap(person -> ServerResponse.created(URI.create("/people/1"))
                                                        .bodyValue(person)))
                                .POST(
                                        "/form",
                                        request -> request.formData()
                                                .flatMap(form ->
                                                        ServerResponse.ok().bodyValue(form.toString())))
                                .POST(
                                        "/parts",
                                        request -> request.multipartData()
                                                .flatMap(parts -> ServerResponse.ok()
                                                        .bodyValue(((FilePart) parts.getFirst("file")).filename())))
                                .GET(
                                        "/flux",
                                        request -> ServerResponse.ok()
                                                .contentType(MediaType.APPLICATION_NDJSON)
                                                .body(Flux.just(Person.ADA, Person.GRACE), Person.class))
                                .GET("/view", request -> ServerResponse.ok().render("page", Map.of("a", 1)))
                                .GET(
                                        "/tagged",
                                        request ->
                                                ServerResponse.ok().eTag("v1").bodyValue("tagged"))
                                .GET(
                                        "/session",
                                        request -> request.session()
                                                .flatMap(session ->
                                                        ServerResponse.ok().bodyValue(session.isStarted())))
                                .GET(
                                        "/fails/{kind}",
                                        request -> request.pathVariable("kind").equals("now")
                                                ? fail()
                                                : Mono.delay(java.time.Duration.ofMillis(1))
                                                        .then(Mono.error(
                                                                request.pathVariable("kind")
                                                                                .equals("io")
                                                                        ? new IOException("no disk")
                                                                        : new FailureHandlers.Refused("later"))))
                                .GET(
                                        "/versioned",
                                        version("1"),
                                        request -> ServerResponse.ok().bodyValue("first"))
                                .GET(
                                        "/versioned",
                                        version("2+"),
                                        request -> ServerResponse.ok().bodyValue("second"))
                                .filter((request, next) ->
                                        request.queryParam("stop").isPresent()
                                                ? ServerResponse.status(402).build()
                                                : next.handle(request)
                                                        .doOnNext(response -> request.exchange()
                                                                .getResponse()
                                                                .getHeaders()
                                                                .set("X-Filter", "after")))
                                .onError(
                                        FailureHandlers.Refused.class,
                                        (failure, request) ->
                                                ServerResponse.status(423).bodyValue(failure.getMessage())))
                .build();
    }

    private static Mono<ServerResponse> fail() {
        throw new IllegalStateException("at once");
    }

    @Bean
    RouterFunction<ServerResponse> coroutineRoutes() {
        return RouterFunctions.route()
                .path(
                        "/await/routes",
                        builder -> builder.GET(
                                        "/person/{name}", accept(MediaType.APPLICATION_JSON), coroutine(request -> {
                                            yieldNow();
                                            return await(ServerResponse.ok()
                                                    .header(
                                                            "X-Note",
                                                            request.queryParam("note")
                                                                    .orElse("none"))
                                                    .bodyValue(new Person(request.pathVariable("name"), 1)));
                                        }))
                                .POST("/body", coroutine(request -> {
                                    Person person = await(request.bodyToMono(Person.class));
                                    return await(ServerResponse.created(URI.create("/people/1"))
                                            .bodyValue(person));
                                }))
                                .POST(
                                        "/form",
                                        coroutine(request -> await(ServerResponse.ok()
                                                .bodyValue(await(request.formData())
                                                        .toString()))))
                                .POST("/parts", coroutine(request -> {
                                    FilePart file = (FilePart)
                                            await(request.multipartData()).getFirst("file");
                                    return await(ServerResponse.ok().bodyValue(file.filename()));
                                }))
                                .GET(
                                        "/flux",
                                        coroutine(request -> await(ServerResponse.ok()
                                                .contentType(MediaType.APPLICATION_NDJSON)
                                                .body(Flux.just(Person.ADA, Person.GRACE), Person.class))))
                                .GET(
                                        "/view",
                                        coroutine(request ->
                                                await(ServerResponse.ok().render("page", Map.of("a", 1)))))
                                .GET(
                                        "/tagged",
                                        coroutine(request -> await(
                                                ServerResponse.ok().eTag("v1").bodyValue("tagged"))))
                                .GET(
                                        "/session",
                                        coroutine(request -> await(ServerResponse.ok()
                                                .bodyValue(
                                                        await(request.session()).isStarted()))))
                                .GET("/fails/{kind}", coroutine(request -> {
                                    if (request.pathVariable("kind").equals("now")) {
                                        throw new IllegalStateException("at once");
                                    }
                                    yieldNow();
                                    if (request.pathVariable("kind").equals("io")) {
                                        throw new IOException("no disk");
                                    }
                                    throw new FailureHandlers.Refused("later");
                                }))
                                .GET(
                                        "/versioned",
                                        version("1"),
                                        coroutine(request ->
                                                await(ServerResponse.ok().bodyValue("first"))))
                                .GET(
                                        "/versioned",
                                        version("2+"),
                                        coroutine(request ->
                                                await(ServerResponse.ok().bodyValue("second"))))
                                .filter(coroutineFilter((request, next) -> {
                                    yieldNow();
                                    if (request.queryParam("stop").isPresent()) {
                                        return await(ServerResponse.status(402).build());
                                    }
                                    ServerResponse response = next.handle(request);
                                    request.exchange()
                                            .getResponse()
                                            .getHeaders()
                                            .set("X-Filter", "after");
                                    return response;
                                }))
                                .onError(
                                        FailureHandlers.Refused.class,
                                        (failure, request) ->
                                                ServerResponse.status(423).bodyValue(failure.getMessage())))
                .build();
    }
}
