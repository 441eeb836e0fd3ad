package dev.asyncloop.spring.web;

import static dev.asyncloop.spring.web.MappingComparison.text;

import dev.asyncloop.spring.Coroutine;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.ApiVersionConfigurer;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.PathMatchConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.condition.ProducesRequestCondition;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.service.annotation.GetExchange;
import reactor.core.publisher.Mono;

/** The applications whose handlers are found both ways. */
final class DirectMappingApplications {

    private DirectMappingApplications() {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        Handlers.class,
        Other.class,
        CrossOrigins.class,
        Fresh.class,
        LazyHandlers.class,
        Broken.class,
        Ambiguous.class,
        Implementing.class
    })
    static class Application {

        @Bean
        WebFilter changing() {
            return (exchange, next) -> {
                ServerHttpRequest request = exchange.getRequest();
                return switch (request.getPath().value()) {
                    case "/filter/path" ->
                        next.filter(exchange.mutate()
                                .request(request.mutate().path("/plain").build())
                                .build());
                    case "/filter/method" ->
                        next.filter(exchange.mutate()
                                .request(request.mutate()
                                        .path("/items")
                                        .method(HttpMethod.POST)
                                        .build())
                                .build());
                    case "/filter/own-path" ->
                        next.filter(
                                exchange.mutate().request(new OwnPath(request)).build());
                    case "/filter/attributes" -> {
                        exchange.getAttributes().put(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, "wrong");
                        exchange.getAttributes()
                                .put(ProducesRequestCondition.class.getName() + ".MEDIA_TYPES", "wrong");
                        exchange.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "wrong");
                        yield next.filter(exchange.mutate()
                                .request(request.mutate().path("/plain").build())
                                .build());
                    }
                    default -> next.filter(exchange);
                };
            };
        }
    }

    /** Has a path of no class of Spring's. */
    private static final class OwnPath extends ServerHttpRequestDecorator {

        OwnPath(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public RequestPath getPath() {
            RequestPath path = RequestPath.parse("/plain", null);
            return new RequestPath() {
                @Override
                public PathContainer contextPath() {
                    return path.contextPath();
                }

                @Override
                public PathContainer pathWithinApplication() {
                    return path.pathWithinApplication();
                }

                @Override
                public RequestPath modifyContextPath(String contextPath) {
                    return path.modifyContextPath(contextPath);
                }

                @Override
                public String value() {
                    return path.value();
                }

                @Override
                public List<Element> elements() {
                    return path.elements();
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class WithOrigins implements WebFluxConfigurer {

        @Override
        public void addCorsMappings(CorsRegistry registry) {
            registry.addMapping("/**").allowedOrigins("http://friend.example");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class WithVersions implements WebFluxConfigurer {

        @Override
        public void configureApiVersioning(ApiVersionConfigurer configurer) {
            configurer
                    .useRequestHeader("X-Api-Version")
                    .setVersionRequired(false)
                    .addSupportedVersions("1.0");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class WithPathOptions implements WebFluxConfigurer {

        @Override
        public void configurePathMatching(PathMatchConfigurer configurer) {
            configurer.setUseCaseSensitiveMatch(false).addPathPrefix("/api", type -> type == Handlers.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class WithOwnMapping {

        @Bean
        WebFluxRegistrations registrations() {
            return new WebFluxRegistrations() {
                @Override
                public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
                    return new OwnMapping();
                }
            };
        }
    }

    static final class OwnMapping extends RequestMappingHandlerMapping {}

    @RestController
    static class Handlers {

        @GetMapping("/plain")
        String plain() {
            return "plain";
        }

        @Coroutine
        @GetMapping("/coroutine")
        String coroutine() {
            return "a coroutine";
        }

        @GetMapping("/later")
        Mono<String> later() {
            return Mono.delay(Duration.ofMillis(1)).thenReturn("later");
        }

        @GetMapping("/seen")
        String seen(ServerWebExchange exchange) {
            return text(exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE))
                    + text(exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE));
        }

        @GetMapping("/fails")
        String fails() {
            throw new IllegalStateException("wrong");
        }

        @GetMapping
        String root() {
            return "root";
        }

        @GetMapping({"/one", "/two"})
        String oneOrTwo() {
            return "one or two";
        }

        @GetMapping({"/mix*", "/mixed", "/{any}/never"})
        String mixed() {
            return "mixed";
        }

        @GetMapping("/items")
        String items() {
            return "items";
        }

        @Coroutine
        @PostMapping("/items")
        String addItem() {
            return "added";
        }

        @DeleteMapping(path = "/items", name = "named")
        void clear() {}

        @RequestMapping("/any")
        String any() {
            return "any";
        }

        @RequestMapping(path = "/options", method = RequestMethod.OPTIONS)
        String options() {
            return "options";
        }

        @RequestMapping(path = "/head", method = RequestMethod.HEAD)
        String head() {
            return "head";
        }

        @GetMapping("/semi;a=b")
        String semicolon() {
            return "never";
        }

        @GetMapping("/a b")
        String space() {
            return "a space";
        }

        @GetMapping("/var/{x}")
        String variable(@PathVariable String x) {
            return x;
        }

        @GetMapping("/var/fixed")
        String fixed() {
            return "fixed";
        }

        @GetMapping("/star/**")
        String star() {
            return "star";
        }

        @GetMapping(path = "/param", params = "x")
        String param() {
            return "param";
        }

        @GetMapping(path = "/header", headers = "X-It")
        String header() {
            return "header";
        }

        @PostMapping(path = "/consumes", consumes = "text/plain")
        String consumes() {
            return "consumed";
        }

        @GetMapping(path = "/produces", produces = "text/plain")
        String produces() {
            return "produced";
        }

        @GetMapping("/two-ways")
        String oneWay() {
            return "one way";
        }

        @GetMapping(path = "/two-ways", params = "x")
        String otherWay() {
            return "other way";
        }

        @PostMapping("/two-ways")
        String thirdWay() {
            return "third way";
        }

        @CrossOrigin("http://friend.example")
        @GetMapping("/cors")
        String cors() {
            return "cors";
        }
    }

    @RestController
    @RequestMapping("/other")
    static class Other {

        @GetMapping("/plain")
        String plain() {
            return "the other";
        }
    }

    @RestController
    @CrossOrigin("http://friend.example")
    static class CrossOrigins {

        @GetMapping("/cors-class")
        String cors() {
            return "cors";
        }
    }

    /** One for each request. */
    @RestController
    @Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
    static class Fresh {

        private int calls;

        @GetMapping("/fresh")
        String call() {
            return "call " + ++calls;
        }
    }

    @Lazy
    @RestController
    static class LazyHandlers {

        @GetMapping("/lazy")
        String lazy() {
            return "lazy";
        }
    }

    @Lazy
    @RestController
    static class Broken {

        Broken() {
            throw new IllegalStateException("broken");
        }

        @GetMapping("/broken")
        String broken() {
            return "never";
        }
    }

    @RestController
    static class Ambiguous {

        @GetMapping("/twice")
        String first() {
            return "first";
        }

        @GetMapping({"/twice", "/twice/once"})
        String second() {
            return "second";
        }
    }

    interface Described {

        @GetExchange("/interface")
        String described();
    }

    @RestController
    static class Implementing implements Described {

        @Override
        public String described() {
            return "by an interface".toUpperCase(Locale.ROOT);
        }
    }

    /** Registered while the application runs. */
    static final class Coming {

        private final String body;

        Coming(String body) {
            this.body = body;
        }

        @ResponseBody
        String come() {
            return body;
        }
    }
}
