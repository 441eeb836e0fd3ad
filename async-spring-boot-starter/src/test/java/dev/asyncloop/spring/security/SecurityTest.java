package dev.asyncloop.spring.security;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.TaskGroup;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.web.CoroutineFunctions;
import dev.asyncloop.spring.web.CoroutineWebFilter;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClient;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Who has sent a request is known in its coroutine and all that it starts, and nowhere else. */
class SecurityTest {

    private static final ApplicationPerCarrier APPLICATIONS = new ApplicationPerCarrier(Application.class);

    private static final String[] PLACES = {
        "handler",
        "after a sleep",
        "after a Mono",
        "blocking",
        "after blocking",
        "executor",
        "child",
        "grandchild",
        "child of a group",
        "reactive",
        "reactive in a child",
        "argument",
        "spawned by the loop",
        "callback",
        "timer"
    };

    @AfterAll
    static void stop() {
        APPLICATIONS.close();
    }

    @ParameterizedTest
    @EnumSource
    void theUserIsKnownInTheCoroutineItsChildrenAndExecutorCalls(Carrier carrier) {
        assertThat(get(carrier, "/everywhere", as("ada")).getBody()).isEqualTo(everywhere("ada"));
    }

    @ParameterizedTest
    @EnumSource
    void noUserIsKnownInARequestThatHasNoneWhateverRequestsWereBefore(Carrier carrier) {
        for (int i = 0; i < 8; i++) { // whatever threads there are
            assertThat(get(carrier, "/everywhere", as("ada")).getStatusCode()).isEqualTo(HttpStatus.OK);
        }
        assertThat(get(carrier, "/open/everywhere", headers -> {}).getBody()).isEqualTo(everywhere("nobody"));
    }

    @ParameterizedTest
    @EnumSource
    void twoUsersInterleavedAtEveryAwaitNeverMix(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        handlers.steps().clear();
        List<String> answers = Mono.zip(
                        body(application, "/interleaved", "ada"),
                        body(application, "/interleaved", "grace"),
                        (one, other) -> List.of(one, other))
                .block(Duration.ofSeconds(20));
        assertThat(answers).containsExactly("[ada]", "[grace]");
        List<String> steps = handlers.steps();
        int changes = 0;
        for (int i = 1; i < steps.size(); i++) {
            changes += steps.get(i).equals(steps.get(i - 1)) ? 0 : 1;
        }
        assertThat(changes).as("changes in %s", steps).isGreaterThan(Handlers.STEPS / 4);
    }

    @ParameterizedTest
    @EnumSource
    void theUserOfASessionIsKnownAsThatOfAHeader(Carrier carrier) {
        WebClient client = APPLICATIONS.on(carrier).client();
        ResponseEntity<String> page = exchange(client.get().uri("/open/token"));
        ResponseEntity<String> login = exchange(client.post()
                .uri("/login")
                .header(HttpHeaders.COOKIE, session(page))
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body(BodyInserters.fromFormData("username", "grace")
                        .with("password", "secret")
                        .with("_csrf", String.valueOf(page.getBody()))));
        assertThat(login.getStatusCode()).isEqualTo(HttpStatus.FOUND);
        assertThat(login.getHeaders().getLocation()).hasPath("/");
        String cookie = session(login);
        assertThat(get(carrier, "/everywhere", headers -> headers.set(HttpHeaders.COOKIE, cookie))
                        .getBody())
                .isEqualTo(everywhere("grace"));
    }

    @ParameterizedTest
    @EnumSource
    void handlersAndServicesAreGuardedByTheirAnnotations(Carrier carrier) {
        for (String path : List.of("/admin", "/service/admin", "/child/admin", "/executor/admin")) {
            assertThat(get(carrier, path, as("grace")).getBody()).as(path).isEqualTo("for admins");
            assertThat(get(carrier, path, as("ada")).getStatusCode()).as(path).isEqualTo(HttpStatus.FORBIDDEN);
        }
        assertThat(get(carrier, "/open/admin", as("grace")).getBody()).isEqualTo("for admins");
        ResponseEntity<String> nobody = get(carrier, "/open/admin", headers -> {});
        assertThat(nobody.getStatusCode()).as("to the form").isEqualTo(HttpStatus.FOUND);
        assertThat(nobody.getHeaders().getLocation()).hasPath("/login");
        assertThat(get(carrier, "/of/ada", as("ada")).getBody()).isEqualTo("ada");
        assertThat(get(carrier, "/of/ada", as("grace")).getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
    }

    @ParameterizedTest
    @EnumSource
    void aGuardSeesArgumentsAndTheResultOfAHandlerThatHasWaited(Carrier carrier) {
        assertThat(get(carrier, "/returned/ada", as("ada")).getBody()).isEqualTo("ada");
        assertThat(get(carrier, "/returned/grace", as("ada")).getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
    }

    @ParameterizedTest
    @EnumSource
    void aReactiveHandlerBesideThemHasItsUserInItsReactorContextOnlyAsEver(Carrier carrier) {
        assertThat(get(carrier, "/reactive", as("grace")).getBody()).isEqualTo("grace nobody");
        assertThat(get(carrier, "/reactive/admin", as("grace")).getStatusCode()).isNotEqualTo(HttpStatus.OK);
    }

    @ParameterizedTest
    @EnumSource
    void theUserIsAnArgumentInAllItsForms(Carrier carrier) {
        assertThat(get(carrier, "/arguments", as("ada")).getBody()).isEqualTo("ada, ada, ada ROLE_USER, ada");
        assertThat(get(carrier, "/open/arguments", headers -> {}).getBody()).isEqualTo("nobody, nobody, nobody");
    }

    @ParameterizedTest
    @EnumSource
    void aFormAndJsonNeedTheTokenThatAHandlerHasGotAsAnArgument(Carrier carrier) {
        WebClient client = APPLICATIONS.on(carrier).client();
        ResponseEntity<String> page = exchange(client.get().uri("/open/token"));
        String token = String.valueOf(page.getBody());
        for (String given : List.of(token, "wrong")) {
            HttpStatus expected = given.equals(token) ? HttpStatus.OK : HttpStatus.FORBIDDEN;
            ResponseEntity<String> form = exchange(client.post()
                    .uri("/open/form")
                    .header(HttpHeaders.COOKIE, session(page))
                    .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                    .body(BodyInserters.fromFormData("name", "Ada").with("_csrf", given)));
            ResponseEntity<String> json = exchange(client.post()
                    .uri("/open/json")
                    .header(HttpHeaders.COOKIE, session(page))
                    .header("X-CSRF-TOKEN", given)
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue(Map.of("name", "Ada")));
            assertThat(form.getStatusCode()).as("form, %s", given).isEqualTo(expected);
            assertThat(json.getStatusCode()).as("json, %s", given).isEqualTo(expected);
            if (expected == HttpStatus.OK) {
                assertThat(form.getBody()).isEqualTo("hello Ada");
                assertThat(json.getBody()).isEqualTo("hello Ada");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoSetsAnotherUserHasThatOneInWhatIsStartedAfterwards(Carrier carrier) {
        assertThat(get(carrier, "/as/batch", as("ada")).getBody()).isEqualTo("batch batch");
        assertThat(get(carrier, "/everywhere", as("ada")).getBody()).isEqualTo(everywhere("ada"));
    }

    @ParameterizedTest
    @EnumSource
    void theUserIsKnownInCoroutinesThatAreNoHandlersOfRequests(Carrier carrier) {
        ResponseEntity<String> routed = get(carrier, "/route", as("ada"));
        assertThat(routed.getBody()).isEqualTo("route ada");
        assertThat(routed.getHeaders().getFirst("Seen-By-Filter")).isEqualTo("ada");
        assertThat(get(carrier, "/failing", as("grace")).getBody()).isEqualTo("failed for grace");
    }

    @ParameterizedTest
    @EnumSource
    void theUserOfAHandshakeIsThatOfTheWebSocket(Carrier carrier) {
        int port = APPLICATIONS.on(carrier).port();
        String text = IOLoop.run(() -> {
            WebSocketClient client = WebSocketClient.create(IOLoop.current());
            WebSocket socket = await(client.connect("ws://ada:secret@127.0.0.1:" + port + "/who"));
            socket.send("who");
            Iterator<String> texts = socket.texts().iterator();
            String both = texts.next() + ", " + texts.next();
            client.close();
            return both;
        });
        assertThat(text).isEqualTo("ada ada, child ada");
    }

    private static String everywhere(String user) {
        Map<String, String> seen = new LinkedHashMap<>();
        for (String place : PLACES) {
            seen.put(place, user);
        }
        return seen.toString();
    }

    private static Consumer<HttpHeaders> as(String user) {
        return headers -> headers.setBasicAuth(user, "secret");
    }

    private static ResponseEntity<String> get(Carrier carrier, String path, Consumer<HttpHeaders> headers) {
        return exchange(APPLICATIONS.on(carrier).client().get().uri(path).headers(headers));
    }

    private static Mono<String> body(TestApplication application, String path, String user) {
        return application.client().get().uri(path).headers(as(user)).retrieve().bodyToMono(String.class);
    }

    private static ResponseEntity<String> exchange(WebClient.RequestHeadersSpec<?> request) {
        return request.exchangeToMono(response -> response.toEntity(String.class))
                .blockOptional(Duration.ofSeconds(20))
                .orElseThrow();
    }

    private static String session(ResponseEntity<?> response) {
        Matcher cookie = Pattern.compile("SESSION=[^;]+")
                .matcher(String.valueOf(response.getHeaders().getFirst(HttpHeaders.SET_COOKIE)));
        assertThat(cookie.find()).isTrue();
        return cookie.group();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebFluxSecurity
    @EnableMethodSecurity
    @Import({Handlers.class, ReactiveHandlers.class, Reports.class})
    static class Application {

        @Bean
        SecurityWebFilterChain securityWebFilterChain(ServerHttpSecurity http) {
            return http.authorizeExchange(exchanges -> exchanges
                            .pathMatchers("/open/**")
                            .permitAll()
                            .anyExchange()
                            .authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }

        @Bean
        RouterFunction<ServerResponse> routes() {
            return RouterFunctions.route(RequestPredicates.GET("/route"), CoroutineFunctions.coroutine(request -> {
                Async.sleep(Duration.ofMillis(1));
                return await(ServerResponse.ok().bodyValue("route " + Handlers.user()));
            }));
        }

        @Bean
        CoroutineWebFilter filter() {
            return (exchange, chain) -> {
                Async.sleep(Duration.ofMillis(1));
                exchange.getResponse().getHeaders().set("Seen-By-Filter", Handlers.user());
                chain.proceed();
            };
        }

        @Bean
        MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(user("ada", "USER"), user("grace", "ADMIN"));
        }

        private static UserDetails user(String name, String role) {
            return User.withUsername(name).password("{noop}secret").roles(role).build();
        }
    }

    @Service
    static class Reports {

        @PreAuthorize("hasRole('ADMIN')")
        public String forAdmins() {
            return "for admins";
        }

        @PreAuthorize("#user == authentication.name")
        public String of(String user) {
            return user;
        }
    }

    record Person(String name) {}

    @RestController
    static class ReactiveHandlers {

        @GetMapping("/reactive")
        public Mono<String> reactive() {
            return ReactiveSecurityContextHolder.getContext()
                    .map(context -> Handlers.nameOf(context.getAuthentication()) + " "
                            + Handlers.nameOf(SecurityContextHolder.getContext().getAuthentication()));
        }

        @PreAuthorize("hasRole('ADMIN')")
        @GetMapping("/reactive/admin")
        public Mono<String> admin() {
            return Mono.just("for admins");
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        static final int STEPS = 30;

        private final List<String> steps = new ArrayList<>();

        private final Reports reports;

        private CompletableFuture<String> bothAreHere = new CompletableFuture<>();

        private int here;

        Handlers(Reports reports) {
            this.reports = reports;
        }

        public List<String> steps() { // not the field, which the proxy around this bean has, too
            return steps;
        }

        private static String user() {
            return nameOf(SecurityContextHolder.getContext().getAuthentication());
        }

        private static String reactiveUser() {
            return await(ReactiveSecurityContextHolder.getContext()
                    .map(context -> nameOf(context.getAuthentication()))
                    .defaultIfEmpty("nobody"));
        }

        private static String nameOf(@Nullable Principal principal) {
            return principal == null ? "nobody" : principal.getName();
        }

        @GetMapping({"/everywhere", "/open/everywhere"})
        String everywhere(@Nullable Authentication argument) {
            Map<String, String> seen = new LinkedHashMap<>();
            IOLoop loop = IOLoop.current();
            seen.put("handler", user());
            Async.sleep(Duration.ofMillis(1));
            seen.put("after a sleep", user());
            await(Mono.delay(Duration.ofMillis(1)));
            seen.put("after a Mono", user());
            seen.put("blocking", Async.blocking(Handlers::user));
            seen.put("after blocking", user());
            seen.put("executor", await(loop.runInExecutor(Handlers::user)));
            seen.put("child", await(Async.spawn(Handlers::user)));
            seen.put("grandchild", await(Async.spawn(() -> await(Async.spawn(Handlers::user)))));
            seen.put("child of a group", TaskGroup.run(group -> await(group.spawn("child", Handlers::user))));
            seen.put("reactive", reactiveUser());
            seen.put("reactive in a child", await(Async.spawn(Handlers::reactiveUser)));
            seen.put("argument", nameOf(argument));
            seen.put("spawned by the loop", await(loop.spawn(Handlers::user)));
            CompletableFuture<String> called = new CompletableFuture<>();
            loop.addCallback(() -> called.complete(user()));
            seen.put("callback", await(called));
            CompletableFuture<String> rung = new CompletableFuture<>();
            loop.callLater(Duration.ofMillis(1), () -> rung.complete(user()));
            seen.put("timer", await(rung));
            return seen.toString();
        }

        @GetMapping("/failing")
        String failing() {
            Async.sleep(Duration.ofMillis(1));
            throw new UnsupportedOperationException("on purpose");
        }

        @ExceptionHandler
        String failed(UnsupportedOperationException failure) {
            Async.sleep(Duration.ofMillis(1));
            return "failed for " + user();
        }

        @WebSocketMapping("/who")
        void who(WebSocket socket, @Nullable Principal principal) {
            for (String line : socket.texts()) {
                socket.send(nameOf(principal) + " " + user());
                socket.send(await(Async.spawn(() -> "child " + user())));
            }
        }

        @GetMapping("/interleaved")
        String interleaved() {
            if (++here == 2) {
                bothAreHere.complete("");
                bothAreHere = new CompletableFuture<>();
                here = 0;
            } else {
                await(bothAreHere);
            }
            TreeSet<String> seen = new TreeSet<>();
            for (int step = 0; step < STEPS; step++) {
                seen.add(user());
                steps.add(user());
                Async.yieldNow();
                seen.add(user());
                steps.add(user());
                seen.add(await(Async.spawn(Handlers::user)));
                seen.add(user());
                seen.add(reactiveUser());
                seen.add(await(IOLoop.current().runInExecutor(Handlers::user)));
                seen.add(Async.blocking(Handlers::user));
            }
            return seen.toString();
        }

        @PreAuthorize("hasRole('ADMIN')")
        @GetMapping({"/admin", "/open/admin"})
        public String admin() {
            Async.yieldNow();
            return "for admins";
        }

        @GetMapping("/service/admin")
        public String service() {
            return reports.forAdmins();
        }

        @GetMapping("/child/admin")
        public String inAChild() {
            return await(Async.spawn(reports::forAdmins));
        }

        @GetMapping("/executor/admin")
        public String inTheExecutor() {
            return await(IOLoop.current().runInExecutor(reports::forAdmins));
        }

        @GetMapping("/of/{user}")
        public String of(@PathVariable String user) {
            return reports.of(user);
        }

        @PostAuthorize("returnObject == authentication.name")
        @GetMapping("/returned/{user}")
        public String returned(@PathVariable String user) {
            Async.sleep(Duration.ofMillis(1));
            return user;
        }

        @GetMapping("/arguments")
        public String arguments(
                @AuthenticationPrincipal UserDetails details,
                @AuthenticationPrincipal(expression = "username") String name,
                Principal principal,
                Authentication authentication,
                ServerWebExchange exchange) {
            String own = nameOf(await(exchange.getPrincipal()));
            return name + ", " + details.getUsername() + ", " + principal.getName() + " "
                    + authentication.getAuthorities().stream()
                            .map(GrantedAuthority::getAuthority)
                            .filter("ROLE_USER"::equals)
                            .findFirst()
                            .orElse("none")
                    + ", " + own;
        }

        @GetMapping("/open/arguments")
        public String noArguments(
                @AuthenticationPrincipal @Nullable UserDetails details,
                @Nullable Principal principal,
                @Nullable Authentication authentication) {
            return (details == null ? "nobody" : "somebody") + ", " + nameOf(principal) + ", " + nameOf(authentication);
        }

        @GetMapping("/open/token")
        public String token(
                @RequestAttribute("org.springframework.security.web.server.csrf.CsrfToken") Mono<CsrfToken> token) {
            return String.valueOf(await(token.map(CsrfToken::getToken)));
        }

        @PostMapping("/open/form")
        public String form(ServerWebExchange exchange) {
            return "hello " + await(exchange.getFormData().mapNotNull(form -> form.getFirst("name")));
        }

        @PostMapping("/open/json")
        public String json(@RequestBody Person person) {
            return "hello " + person.name();
        }

        @GetMapping("/as/{other}")
        public String as(@PathVariable String other) {
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(new TestingAuthenticationToken(other, "", "ROLE_USER"));
            SecurityContextHolder.setContext(context);
            Async.yieldNow();
            return user() + " " + await(Async.spawn(Handlers::user));
        }
    }
}
