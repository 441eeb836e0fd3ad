package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** The snippets of docs/security.md: compiled here, and run. */
class SecurityPageTest {

    @Configuration(proxyBeanMethods = false)
    @EnableMethodSecurity // not @EnableReactiveMethodSecurity
    static class SecurityConfiguration {

        @Bean
        SecurityWebFilterChain security(ServerHttpSecurity http) {
            return http.authorizeExchange(exchanges -> exchanges.anyExchange().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }
    }

    @RestController
    @Coroutine
    static class ReportController {

        private final Reports reports;

        ReportController(Reports reports) {
            this.reports = reports;
        }

        @GetMapping("/mine")
        String mine(@AuthenticationPrincipal UserDetails user) {
            var own = Async.spawn(reports::ofUser); // the child knows the user, too
            return user.getUsername() + ": " + await(own);
        }

        @PreAuthorize("hasRole('ADMIN')")
        @GetMapping("/reports/{name}")
        String report(@PathVariable String name) {
            return await(IOLoop.current().runInExecutor(() -> reports.read(name)));
        }
    }

    @Service
    static class Reports {

        String ofUser() {
            Async.sleep(Duration.ofMillis(10));
            return "report of "
                    + SecurityContextHolder.getContext().getAuthentication().getName();
        }

        @PreAuthorize("hasRole('ADMIN')")
        String read(String name) {
            return name;
        }
    }

    @RestController
    static class TokenController {

        @Coroutine
        @GetMapping("/csrf")
        String token(
                @RequestAttribute("org.springframework.security.web.server.csrf.CsrfToken") Mono<CsrfToken> token) {
            return await(token).getToken();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebFluxSecurity // by Spring Boot's starter in an application
    @Import({SecurityConfiguration.class, ReportController.class, Reports.class, TokenController.class})
    static class Application {

        @Bean
        MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(User.withUsername("ada")
                    .password("{noop}secret")
                    .roles("USER")
                    .build());
        }
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        Snippets.assertCompiled("security.md", 3, SecurityPageTest.class);
    }

    @Test
    void itRuns() {
        try (TestApplication application = TestApplication.start(Application.class)) {
            assertThat(application.get("/mine").getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
            assertThat(application.exchange(get(application, "/mine")).getBody())
                    .isEqualTo("ada: report of ada");
            assertThat(application.exchange(get(application, "/reports/secret")).getStatusCode())
                    .isEqualTo(HttpStatus.FORBIDDEN);
            assertThat(application.exchange(get(application, "/csrf")).getBody())
                    .isNotBlank();
        }
    }

    private static WebClient.RequestHeadersSpec<?> get(TestApplication application, String path) {
        return application.client().get().uri(path).headers(headers -> headers.setBasicAuth("ada", "secret"));
    }
}
