package dev.asyncloop.spring.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.actuate.RootKind;
import dev.asyncloop.spring.autoconfigure.ConsoleAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CsrfToken;

/** What the console is to those who ask for it over HTTP; what it looks like is tested in a browser, with the demo. */
class ConsoleEndpointTest {

    private static final String ON = "ioloop.console.enabled=true";

    private static final String EXPOSED =
            "management.endpoints.web.exposure.include=console,ioloop,coroutines,periodic";

    private static final Path PAGE = Path.of("../docs/console.md");

    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^#\"][^\"]*)\"|from '\\./([^']+)'");

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(IOLoopAutoConfiguration.class, ConsoleAutoConfiguration.class));

    // ---- whether it is there

    @ParameterizedTest
    @ValueSource(
            strings = {
                "management.endpoints.web.exposure.include=*",
                ON,
                ON + ";management.endpoints.web.exposure.include=ioloop",
                ON + ";" + EXPOSED + ";management.endpoint.console.access=NONE"
            })
    void whoDoesNotAskForItOrMayNotHasNone(String properties) {
        runner.withPropertyValues(properties.split(";"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ConsoleEndpoint.class)
                        .doesNotHaveBean(ConsoleHeaders.class));
    }

    @Test
    void whoAsksForItHasOneAlsoWithoutSpringSecurity() {
        runner.withPropertyValues(ON, EXPOSED)
                .run(context ->
                        assertThat(context).hasSingleBean(ConsoleEndpoint.class).hasSingleBean(ConsoleCsrfToken.class));
        runner.withPropertyValues(ON, EXPOSED)
                .withClassLoader(new FilteredClassLoader(CsrfToken.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(ConsoleEndpoint.class)
                        .doesNotHaveBean(ConsoleCsrfToken.class));
    }

    @Test
    void aNativeImageTakesItsFilesAlong() {
        RuntimeHints hints = new RuntimeHints();
        new ConsoleFiles.Hints().registerHints(hints, null);
        for (String name : List.of("console.html", "console.css", "console.js", "icon.svg")) {
            assertThat(RuntimeHintsPredicates.resource().forResource("dev/asyncloop/spring/console/" + name))
                    .accepts(hints);
        }
    }

    // ---- what it is made of

    @Test
    void allItLoadsIsBesideItAndNobodyElseMayPutItIntoAFrame() throws IOException {
        try (TestApplication application = TestApplication.start(Application.class, documented())) {
            ResponseEntity<String> page = application.get("/actuator/console");
            assertThat(page.getHeaders().getContentType())
                    .isEqualTo(MediaType.parseMediaType("text/html;charset=UTF-8"));
            assertThat(page.getBody()).startsWith("<!DOCTYPE html>").doesNotContain("{", "style=", "onclick");

            Map<String, ResponseEntity<String>> files = new HashMap<>();
            Deque<String> wanted = new ArrayDeque<>(links(page));
            while (!wanted.isEmpty()) {
                String link = wanted.pop();
                if (!files.containsKey(link)) {
                    ResponseEntity<String> file = application.get("/actuator/" + link);
                    assertThat(file.getStatusCode()).as(link).isEqualTo(HttpStatus.OK);
                    files.put(link, file);
                    links(file).forEach(name -> wanted.push("console/" + name));
                }
            }
            assertThat(files.keySet())
                    .contains("console/console.css", "console/console.js", "console/icon.svg", "console/rows.js")
                    .hasSize(11);
            files.forEach((link, file) -> assertThat(file.getHeaders().getContentType())
                    .as(link)
                    .hasToString(
                            link.endsWith(".js")
                                    ? "text/javascript;charset=UTF-8"
                                    : link.endsWith(".css") ? "text/css;charset=UTF-8" : "image/svg+xml"));

            files.put("console", page);
            files.forEach((link, file) -> {
                HttpHeaders headers = file.getHeaders();
                assertThat(headers.getFirst("Content-Security-Policy"))
                        .as(link)
                        .startsWith("default-src 'none'; script-src 'self';")
                        .endsWith("frame-ancestors 'none'");
                assertThat(headers.getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(headers.getCacheControl()).isEqualTo("no-store");
            });
            assertThat(application.get("/actuator/ioloop").getHeaders().getFirst("Content-Security-Policy"))
                    .isNull();
            for (String same : List.of("/actuator/consol%65", "/actuator/console;a=b")) {
                ResponseEntity<String> other = application.exchange(
                        application.client().get().uri(URI.create("http://127.0.0.1:" + application.port() + same)));
                assertThat(other.getStatusCode()).as(same).isEqualTo(HttpStatus.OK);
                assertThat(other.getHeaders().getFirst("Content-Security-Policy"))
                        .as(same)
                        .endsWith("frame-ancestors 'none'");
            }
            assertThat(application.get("/actuator/console/console.html").getStatusCode())
                    .isEqualTo(HttpStatus.NOT_FOUND);
            assertThat(application.get("/actuator/console/..%2Fconsole.css").getStatusCode())
                    .isNotEqualTo(HttpStatus.OK);
            assertThat(application
                            .exchange(
                                    application.client().method(HttpMethod.POST).uri("/actuator/console"))
                            .getStatusCode())
                    .isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
        }
    }

    @Test
    void itHasWordsForAllThatACoroutineMayBelongTo() throws IOException {
        String script = new ClassPathResource("coroutines.js", ConsoleEndpoint.class)
                .getContentAsString(StandardCharsets.UTF_8);
        for (RootKind kind : RootKind.values()) {
            assertThat(script).containsPattern("\\b" + kind + ": '");
        }
    }

    /** As on its page. */
    private static String[] documented() throws IOException {
        String yaml = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .findFirst()
                .map(found -> found.group(1))
                .orElseThrow();
        return new YamlPropertySourceLoader()
                .load("page", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8))).stream()
                        .map(source -> (MapPropertySource) source)
                        .flatMap(source ->
                                Stream.of(source.getPropertyNames()).map(name -> name + "=" + source.getProperty(name)))
                        .toArray(String[]::new);
    }

    @Test
    void itsPageShowsTheGuardThatIsTestedHere() throws IOException {
        String here =
                Files.readString(Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java"));
        Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .forEach(found -> assertThat(here.replaceAll("\\s+", ""))
                        .contains(found.group(1).replaceAll("\\s+", "")));
    }

    private static List<String> links(ResponseEntity<String> file) {
        return LINK.matcher(String.valueOf(file.getBody()))
                .results()
                .map(found -> found.group(1) != null ? found.group(1) : found.group(2))
                .toList();
    }

    // ---- where it finds the others

    @Test
    void itKnowsWhereTheOthersAreAndWhatItMayDoThere() {
        try (TestApplication application = TestApplication.start(
                Application.class,
                ON,
                EXPOSED,
                "management.server.port=0",
                "management.server.address=127.0.0.1",
                "management.server.base-path=/inside",
                "management.endpoints.web.base-path=/ops",
                "management.endpoints.web.path-mapping.console=loop/view",
                "management.endpoints.web.path-mapping.periodic=tasks",
                "management.endpoint.periodic.access=read-only")) {
            assertThat(application.get("/ops/loop/view").getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
            String port = application.context().getEnvironment().getRequiredProperty("local.management.port");
            URI own = URI.create("http://127.0.0.1:" + port + "/inside/ops/loop/view");
            ResponseEntity<String> page = get(application, own);
            assertThat(page.getStatusCode()).isEqualTo(HttpStatus.OK);
            assertThat(attributes(page))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "data-ioloop", "../ioloop",
                            "data-coroutines", "../coroutines",
                            "data-coroutines-writable", "",
                            "data-periodic", "../tasks"));
            for (String link : List.of("view/console.js", "../ioloop", "../coroutines", "../tasks")) {
                assertThat(get(application, own.resolve(link)).getStatusCode())
                        .as(link)
                        .isEqualTo(HttpStatus.OK);
            }
            assertThat(page.getBody()).contains("src=\"view/console.js\"");
            assertThat(page.getHeaders().getFirst("Content-Security-Policy")).isNotNull();
            assertThat(get(application, own.resolve("../ioloop")).getBody())
                    .contains(
                            "{\"name\":\"http-client\",\"active\":0,\"maxActive\":1000,\"waiting\":0,\"maxWaiting\":10000,\"refused\":0}");
        }
    }

    private static ResponseEntity<String> get(TestApplication application, URI uri) {
        return application.exchange(application.client().get().uri(uri));
    }

    private static Map<String, String> attributes(ResponseEntity<String> page) {
        Map<String, String> attributes = new HashMap<>();
        String body = Pattern.compile("<body([^>]*)>")
                .matcher(String.valueOf(page.getBody()))
                .results()
                .findFirst()
                .map(found -> found.group(1))
                .orElseThrow();
        Pattern.compile("(data-[a-z-]+)=\"([^\"]*)\"")
                .matcher(body)
                .results()
                .forEach(found -> attributes.put(found.group(1), found.group(2)));
        return attributes;
    }

    // ---- behind Spring Security

    @Test
    void behindSpringSecurityItIsForThoseWhoLogInAndGetsTheTokenForItsButtons() {
        try (TestApplication application = TestApplication.start(
                SecuredApplication.class, ON, EXPOSED, "spring.lifecycle.timeout-per-shutdown-phase=1s")) {
            assertThat(application.get("/actuator/console").getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
            assertThat(application.get("/actuator/console/console.js").getStatusCode())
                    .isEqualTo(HttpStatus.UNAUTHORIZED);
            ResponseEntity<String> page = application.exchange(
                    application.client().get().uri("/actuator/console").headers(ConsoleEndpointTest::ada));
            assertThat(page.getStatusCode()).isEqualTo(HttpStatus.OK);
            MatchResult token = Pattern.compile("X-CSRF-TOKEN=(.+)")
                    .matcher(String.valueOf(page.getHeaders().getFirst("Console-Csrf")))
                    .results()
                    .findFirst()
                    .orElseThrow();
            String session = String.valueOf(page.getHeaders().getFirst(HttpHeaders.SET_COOKIE))
                    .split(";")[0];
            assertThat(trigger(application, session, token.group(1)).getStatusCode())
                    .isEqualTo(HttpStatus.OK);
            assertThat(trigger(application, session, "guessed").getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
            assertThat(application
                            .exchange(application
                                    .client()
                                    .get()
                                    .uri("/actuator/ioloop")
                                    .headers(ConsoleEndpointTest::ada))
                            .getHeaders()
                            .headerNames())
                    .doesNotContain("Console-Csrf");
        }
    }

    private static ResponseEntity<String> trigger(TestApplication application, String session, String token) {
        return application.exchange(application
                .client()
                .post()
                .uri("/actuator/periodic/nightly")
                .headers(ConsoleEndpointTest::ada)
                .header(HttpHeaders.COOKIE, session)
                .header("X-CSRF-TOKEN", token)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("action", "trigger")));
    }

    private static void ada(HttpHeaders headers) {
        headers.setBasicAuth("ada", "secret");
    }

    // ---- applications

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebFluxSecurity
    static class SecuredApplication {

        @Bean
        Nightly nightly() {
            return new Nightly();
        }

        @Bean
        MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(User.withUsername("ada")
                    .password("{noop}secret")
                    .roles("OPERATOR")
                    .build());
        }

        @Bean
        SecurityWebFilterChain chain(ServerHttpSecurity http) {
            return http.authorizeExchange(exchanges -> exchanges
                            .pathMatchers("/actuator/**")
                            .hasRole("OPERATOR")
                            .anyExchange()
                            .permitAll())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }
    }

    static class Nightly {

        @Periodic(every = "24h", name = "nightly")
        void run() {}
    }
}
