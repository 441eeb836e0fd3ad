package dev.asyncloop.spring.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.autoconfigure.IOLoopSecurityAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The reactive method security, which refuses a coroutine at every call, stops the start and says what to use. */
@ExtendWith(OutputCaptureExtension.class)
class ReactiveMethodSecurityTest {

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(IOLoopSecurityAutoConfiguration.class));

    @Test
    void aGuardedCoroutineStopsTheStart() {
        runner.withUserConfiguration(Reactive.class, Guarded.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(MethodSecurityMisuseException.class)
                        .hasMessageContaining("@PreAuthorize on " + Guarded.class.getName() + ".admin (bean '")
                        .hasMessageContaining("@EnableReactiveMethodSecurity (bean '")
                        .hasMessageContaining("use @EnableMethodSecurity instead"));
    }

    @Test
    void soDoesOneThatReturnsAPublisherAsItWouldNotRunInItsCoroutine() {
        runner.withUserConfiguration(Reactive.class, GuardedMono.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("@PostAuthorize on " + GuardedMono.class.getName() + ".own (bean '"));
    }

    @Test
    void soDoesAControllerThatIsGuardedAsAWhole() {
        runner.withUserConfiguration(Reactive.class, GuardedWhole.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("@PreAuthorize on " + GuardedWhole.class.getName() + " (bean '"));
    }

    @Test
    void theFailureAnalysisSaysWhatToDo(CapturedOutput output) {
        SpringApplication application = new SpringApplication(Whole.class);
        assertThat(catchThrowable(application::run)).isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("can't guard a coroutine: @EnableReactiveMethodSecurity")
                .contains("Action:")
                .contains("Use @EnableMethodSecurity instead");
    }

    @Test
    void aPlainMethodOfAServiceIsWarnedOf(CapturedOutput output) {
        runner.withUserConfiguration(Reactive.class, Reports.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output)
                    .containsOnlyOnce("refuses every call of " + Reports.class.getName() + ".plain (bean '")
                    .doesNotContain("reactive (bean '");
        });
    }

    @Test
    void whatIsNotGuardedOrNoCoroutineOrGuardedByTheOtherMethodSecurityStarts(CapturedOutput output) {
        runner.withUserConfiguration(Reactive.class, Unguarded.class, ReactiveHandlers.class)
                .run(context -> assertThat(context).hasNotFailed());
        runner.withUserConfiguration(Plain.class, Guarded.class, GuardedMono.class, Reports.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("refuses");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableReactiveMethodSecurity
    static class Reactive {}

    @Configuration(proxyBeanMethods = false)
    @EnableMethodSecurity
    static class Plain {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableReactiveMethodSecurity
    @Import(Guarded.class)
    static class Whole {}

    @RestController
    static class Guarded {

        @Coroutine
        @PreAuthorize("hasRole('ADMIN')")
        @GetMapping("/admin")
        public String admin() {
            return "for admins";
        }
    }

    @RestController
    @Coroutine
    static class GuardedMono {

        @PostAuthorize("returnObject == authentication.name")
        @GetMapping("/own")
        public Mono<String> own() {
            return Mono.just("ada");
        }
    }

    @RestController
    @PreAuthorize("hasRole('ADMIN')")
    static class GuardedWhole {

        @Coroutine
        @GetMapping("/admin")
        public String admin() {
            return "for admins";
        }
    }

    @RestController
    @Coroutine
    static class Unguarded {

        @GetMapping("/open")
        public String open() {
            return "open";
        }
    }

    @RestController
    static class ReactiveHandlers {

        @PreAuthorize("hasRole('ADMIN')")
        @GetMapping("/reactive")
        public Mono<String> reactive() {
            return Mono.just("reactive");
        }
    }

    @Service
    static class Reports {

        @PreAuthorize("hasRole('ADMIN')")
        public String plain() {
            return "plain";
        }

        @PreAuthorize("hasRole('ADMIN')")
        public Mono<String> reactive() {
            return Mono.just("reactive");
        }
    }
}
