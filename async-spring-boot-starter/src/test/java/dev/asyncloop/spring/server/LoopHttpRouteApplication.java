package dev.asyncloop.spring.server;

import dev.asyncloop.spring.Coroutine;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webflux.error.DefaultErrorAttributes;
import org.springframework.boot.webflux.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** The application that is asked by both adapters. */
final class LoopHttpRouteApplication {

    private LoopHttpRouteApplication() {}

    /** What the last request was handled by, as the application's filter sees it. */
    static class Around {

        volatile Set<String> classes = Set.of();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Handlers.class, Awaited.class})
    static class Application {

        @Bean
        Around around() {
            return new Around();
        }

        @Bean
        WebFilter lookingAround(Around around) {
            return (exchange, chain) -> {
                around.classes = StackWalker.getInstance()
                        .walk(frames ->
                                frames.map(StackWalker.StackFrame::getClassName).collect(Collectors.toSet()));
                return chain.filter(exchange);
            };
        }

        @Bean
        HttpHandlerDecoratorFactory decorated() {
            return handler -> (request, response) -> {
                response.getHeaders().set("X-Decorated", "1");
                String name = request.getHeaders().getFirst("X-Query");
                return handler.handle(name != null ? withQuery(request, name) : request, response);
            };
        }

        private static ServerHttpRequest withQuery(ServerHttpRequest request, String name) {
            return new ServerHttpRequestDecorator(request) {
                @Override
                public MultiValueMap<String, String> getQueryParams() {
                    return MultiValueMap.fromSingleValue(Map.of(name, "1"));
                }
            };
        }

        /** Without what differs from request to request. */
        @Bean
        ErrorAttributes errorAttributes() {
            return new DefaultErrorAttributes() {
                @Override
                public Map<String, @Nullable Object> getErrorAttributes(
                        ServerRequest request, ErrorAttributeOptions options) {
                    Map<String, @Nullable Object> all = super.getErrorAttributes(request, options);
                    all.keySet().removeAll(Set.of("timestamp", "requestId"));
                    return all;
                }
            };
        }

        /** Registered after all others, as that of an auto-configuration may be. */
        @Bean
        static BeanDefinitionRegistryPostProcessor late() {
            return registry -> registry.registerBeanDefinition(
                    "lateRoute",
                    new RootBeanDefinition(
                            NettyRouteProvider.class,
                            () -> routes -> routes.get(
                                    "/routed-late",
                                    (request, response) -> response.sendString(Mono.just("routed by a late route")))));
        }

        @Bean
        NettyRouteProvider routed() {
            return routes ->
                    routes.get("/routed", (request, response) -> response.sendString(Mono.just("routed by a route")));
        }

        @Bean
        NettyServerCustomizer mapped() {
            return server -> server.mapHandle((handling, connection) -> connection instanceof HttpServerRequest request
                            && request.requestHeaders().contains("X-Mapped")
                    ? handling.contextWrite(context -> context.put("mapped", "by the server"))
                    : handling);
        }
    }

    @RestController
    static class Handlers {

        private final String file;

        Handlers(@Value("${test.file}") String file) {
            this.file = file;
        }

        @GetMapping("/kind")
        String kind(ServerWebExchange exchange) {
            ServerHttpRequest request = exchange.getRequest();
            while (request instanceof ServerHttpRequestDecorator decorator) {
                request = decorator.getDelegate();
            }
            return request.getClass().getSimpleName() + " "
                    + exchange.getResponse().getClass().getSimpleName();
        }

        @GetMapping("/id")
        String id(ServerWebExchange exchange) {
            return "<id>" + exchange.getRequest().getId() + "</id>";
        }

        @RequestMapping("/echo")
        Mono<String> echo(ServerWebExchange exchange, @RequestBody(required = false) @Nullable String body) {
            ServerHttpRequest request = exchange.getRequest();
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            request.getHeaders().forEach((name, values) -> headers.put(name, values));
            headers.keySet().removeIf(name -> name.equalsIgnoreCase("x-http2-stream-id"));
            String seen = request.getMethod() + " " + request.getURI() + " context "
                    + request.getPath().contextPath() + " path "
                    + request.getPath().pathWithinApplication() + " query " + request.getQueryParams() + " cookies "
                    + request.getCookies() + " headers " + headers + " from "
                    + request.getRemoteAddress().getHostString() + " to "
                    + request.getLocalAddress().getHostString() + " TLS " + request.getSslInfo() + " attributes "
                    + request.getAttributes().equals(exchange.getAttributes()) + " prefix "
                    + exchange.getLogPrefix().equals("[" + request.getId() + "] ") + " body " + body;
            return Mono.deferContextual(
                    context -> Mono.just(seen + " mapped " + context.getOrDefault("mapped", "not at all")));
        }

        @GetMapping("/nothing")
        Mono<Void> nothing() {
            return Mono.empty();
        }

        @GetMapping("/cookies")
        String cookies(ServerHttpResponse response) {
            Awaited.addCookies(response);
            return "cookies";
        }

        @GetMapping("/session")
        String session(WebSession session) {
            session.getAttributes().put("a", "b");
            return "session";
        }

        @GetMapping("/status")
        ResponseEntity<String> status() {
            return ResponseEntity.status(418).header("X-Own", "1").body("short and stout");
        }

        @GetMapping("/fails")
        Mono<String> fails() {
            return Mono.error(new IllegalStateException("wrong"));
        }

        @GetMapping(path = "/stream", produces = "text/plain")
        Flux<String> stream() {
            return Flux.just("one", "two", "three");
        }

        @GetMapping(path = "/stream-fails", produces = "text/event-stream")
        Flux<String> streamFails() {
            return Flux.just("one", "two").concatWith(Flux.error(new IllegalStateException("wrong")));
        }

        @GetMapping(path = "/events", produces = "text/event-stream")
        Flux<String> events() {
            return Flux.just("one", "two");
        }

        @GetMapping("/file")
        Resource file() {
            return new FileSystemResource(file);
        }

        @GetMapping("/large")
        String large() {
            return "large ".repeat(1000);
        }

        @GetMapping("/before-fails")
        String beforeFails(ServerHttpResponse response) {
            response.beforeCommit(() -> Mono.error(new IllegalStateException("not yet")));
            return "never";
        }

        @GetMapping("/before-throws")
        String beforeThrows(ServerHttpResponse response) {
            response.beforeCommit(() -> {
                throw new IllegalStateException("not yet");
            });
            return "never";
        }

        @GetMapping("/before-changes")
        String beforeChanges(ServerHttpResponse response) {
            Awaited.change(response);
            return "changed";
        }

        @GetMapping("/wrong-cookie")
        String wrongCookie(ServerHttpResponse response) {
            response.addCookie(
                    ResponseCookie.from("a", "b").sameSite("Sideways").build());
            return "wrong";
        }

        @GetMapping("/cookie-of-another-name")
        String cookieOfAnotherName(ServerHttpResponse response) {
            response.getCookies()
                    .add("another", ResponseCookie.from("one", "value").build());
            return "another";
        }

        @GetMapping("/late-cookie")
        Mono<Void> lateCookie(ServerHttpResponse response) {
            return response.setComplete()
                    .then(Mono.fromRunnable(() ->
                            response.addCookie(ResponseCookie.from("a", "b").build())));
        }

        @GetMapping("/late-header")
        Mono<Void> lateHeader(ServerHttpResponse response) {
            return response.setComplete().then(Mono.fromRunnable(() -> {
                response.getCookies().clear();
                response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
            }));
        }
    }

    @Coroutine
    @RestController
    static class Awaited {

        @GetMapping("/awaited")
        String awaited() {
            return "awaited";
        }

        @GetMapping("/awaited-cookies")
        String cookies(ServerHttpResponse response) {
            addCookies(response);
            return "cookies";
        }

        static void addCookies(ServerHttpResponse response) {
            response.addCookie(ResponseCookie.from("plain", "1").build());
            response.addCookie(ResponseCookie.from("plain", "2").path("/a").build());
            response.addCookie(ResponseCookie.from("full", "3")
                    .domain("example.org")
                    .path("/b")
                    .secure(true)
                    .httpOnly(true)
                    .partitioned(true)
                    .sameSite("Strict")
                    .build());
            response.addCookie(ResponseCookie.from("gone", "").maxAge(0).build());
        }

        @GetMapping("/awaited-session")
        String session(WebSession session) {
            session.getAttributes().put("a", "b");
            return "session";
        }

        @GetMapping("/awaited-fails")
        String fails() {
            throw new IllegalStateException("wrong");
        }

        @GetMapping("/awaited-large")
        String large() {
            return "large ".repeat(1000);
        }

        @GetMapping("/awaited-before-fails")
        String beforeFails(ServerHttpResponse response) {
            response.beforeCommit(() -> Mono.error(new IllegalStateException("not yet")));
            return "never";
        }

        @GetMapping("/awaited-before-changes")
        String beforeChanges(ServerHttpResponse response) {
            change(response);
            return "changed";
        }

        static void change(ServerHttpResponse response) {
            response.beforeCommit(() -> Mono.fromRunnable(() -> {
                response.setRawStatusCode(202);
                response.getHeaders().set("X-Changed", "1");
                response.addCookie(ResponseCookie.from("changed", "1").build());
            }));
        }

        @GetMapping("/awaited-wrong-cookie")
        String wrongCookie(ServerHttpResponse response) {
            response.addCookie(
                    ResponseCookie.from("a", "b").sameSite("Sideways").build());
            return "wrong";
        }
    }
}
