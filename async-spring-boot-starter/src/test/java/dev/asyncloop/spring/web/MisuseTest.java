package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.autoconfigure.BlockingAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import jakarta.annotation.PostConstruct;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What can't work stops the start or fails the call, and says where and what to do. */
@ExtendWith(OutputCaptureExtension.class)
class MisuseTest {

    private static final CompletableFuture<String> NEVER = new CompletableFuture<>();

    private static TestApplication application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Application.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void awaitInAReactiveHandlerAndInAnOperatorFailsTheRequest() {
        for (String path : new String[] {"/reactive", "/operator"}) {
            assertThat(application.get(path).getBody())
                    .as(path)
                    .contains("`await` was called in dev.asyncloop.spring.web.MisuseTest$Handlers")
                    .contains("@Coroutine");
        }
    }

    @Test
    void awaitInAnExceptionHandlerFailsAndTheLoopsMonoIsTheRemedy() {
        assertThat(application.get("/failing").getBody())
                .contains("`await` was called in dev.asyncloop.spring.web.MisuseTest$Handlers.lambda$handle")
                .contains("IOLoop.mono");
        assertThat(application.get("/failingwithremedy").getBody()).isEqualTo("handled in a coroutine");
    }

    @Test
    void awaitInTheApplicationsOtherMethodsFailsAndNamesPlaceAndRemedy() throws Exception {
        Elsewhere elsewhere = application.bean(Elsewhere.class);
        assertThat(elsewhere.scheduledRan.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(elsewhere.inPostConstruct).contains("Elsewhere", "construct", "IOLoop.runSync");
        assertThat(elsewhere.inRunner).contains("Elsewhere", "IOLoop.runSync");
        assertThat(elsewhere.inListener).contains("Elsewhere", "ready", "IOLoop.runSync");
        assertThat(elsewhere.inScheduled).contains("Elsewhere", "scheduled", "IOLoop.spawn");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                AService.class,
                AServiceMethod.class,
                APrivateHandler.class,
                NoHandler.class,
                NoController.class,
                AnExceptionHandler.class,
                AdviceWithoutExceptionHandlers.class,
                AFilter.class,
                AFilterMethod.class,
                ARouteMethod.class,
                AModelMethod.class,
                BlockingHandler.class,
                BlockingController.class
            })
    void coroutineOnWhatIsNoHandlerStopsTheStart(Class<?> type) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition("suspect", new org.springframework.beans.factory.support.RootBeanDefinition(type));
        assertThatThrownBy(() -> new CoroutineMisuseDetector(beans).afterSingletonsInstantiated())
                .isInstanceOfSatisfying(
                        CoroutineMisuseException.class,
                        ex -> assertThat(ex.remedy()).isNotBlank())
                .hasMessageContaining(type.getName())
                .hasMessageContaining("'suspect'");
    }

    @ParameterizedTest
    @CsvSource({
        "AFilter, CoroutineWebFilter",
        "AFilterMethod, CoroutineWebFilter",
        "ARouteMethod, CoroutineFunctions.coroutine",
        "AModelMethod, loop.mono",
        "AnExceptionHandler, @ControllerAdvice"
    })
    void theRemedyIsForWhatItStandsOn(String type, String remedy) throws ClassNotFoundException {
        Class<?> suspect = Class.forName(MisuseTest.class.getName() + "$" + type);
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition(
                "suspect", new org.springframework.beans.factory.support.RootBeanDefinition(suspect));
        assertThatThrownBy(() -> new CoroutineMisuseDetector(beans).afterSingletonsInstantiated())
                .isInstanceOfSatisfying(
                        CoroutineMisuseException.class,
                        ex -> assertThat(ex.remedy()).contains(remedy));
    }

    @ParameterizedTest
    @ValueSource(classes = {ControllerWithExceptionHandler.class, AdviceMethod.class, AdviceClass.class})
    void coroutineOnAnExceptionHandlerOfAControllerOrAdviceIsFine(Class<?> type) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition("fine", new org.springframework.beans.factory.support.RootBeanDefinition(type));
        assertThatCode(() -> new CoroutineMisuseDetector(beans).afterSingletonsInstantiated())
                .doesNotThrowAnyException();
    }

    @Test
    void aStartThatStopsSaysWhereAndWhatToDo(CapturedOutput output) {
        assertThatThrownBy(() -> TestApplication.start(List.of(Bare.class, AServiceMethod.class)))
                .isInstanceOf(CoroutineMisuseException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("AServiceMethod.work (bean '")
                .contains("the bean is no controller")
                .contains("IOLoop.spawn");
    }

    @Test
    void itStopsAnApplicationWithoutWebServerToo() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(IOLoopAutoConfiguration.class))
                .withBean(AServiceMethod.class)
                .run(context -> assertThat(context).getFailure().isInstanceOf(CoroutineMisuseException.class));
    }

    @Test
    void aBeanBehindAnInterfaceIsSeenAndAClientsInterfaceIsNone() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(IOLoopAutoConfiguration.class, BlockingAutoConfiguration.class))
                .withBean("proxied", Behind.class)
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("Behind.work")
                        .isInstanceOf(CoroutineMisuseException.class));
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(IOLoopAutoConfiguration.class))
                .withBean("client", Api.class, () -> (Api) Proxy.newProxyInstance(
                        Api.class.getClassLoader(), new Class<?>[] {Api.class}, (a, b, c) -> null))
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static String messageOf(Runnable call) {
        try {
            call.run();
            return "it did not fail";
        } catch (IllegalStateException ex) {
            return String.valueOf(ex.getMessage());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Bare {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    @Import({Handlers.class, Elsewhere.class})
    static class Application {}

    @RestController
    static class Handlers {

        private final IOLoop loop;

        Handlers(IOLoop loop) {
            this.loop = loop;
        }

        @Coroutine
        @GetMapping("/failing")
        String failing() {
            throw new IllegalArgumentException();
        }

        @ExceptionHandler
        String handle(IllegalArgumentException failure) {
            return messageOf(() -> await(NEVER));
        }

        @Coroutine
        @GetMapping("/failingwithremedy")
        String failingWithRemedy() {
            throw new UnsupportedOperationException();
        }

        @ExceptionHandler
        Mono<String> handle(UnsupportedOperationException failure) {
            return loop.mono("handle", () -> {
                yieldNow();
                return "handled in a coroutine";
            });
        }

        @GetMapping("/reactive")
        Mono<String> reactive() {
            return Mono.just(messageOf(() -> await(NEVER)));
        }

        @GetMapping("/operator")
        Flux<String> operator() {
            return Flux.just(1).map(one -> messageOf(() -> await(NEVER)));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Elsewhere {

        volatile @Nullable String inPostConstruct;

        volatile @Nullable String inRunner;

        volatile @Nullable String inListener;

        volatile @Nullable String inScheduled;

        final CountDownLatch scheduledRan = new CountDownLatch(1);

        @PostConstruct
        void construct() {
            inPostConstruct = messageOf(() -> await(NEVER));
        }

        @Bean
        ApplicationRunner runner() {
            return arguments -> inRunner = messageOf(() -> await(NEVER));
        }

        @EventListener
        void ready(ApplicationReadyEvent event) {
            inListener = messageOf(() -> await(NEVER));
        }

        @Scheduled(fixedDelay = 60_000)
        void scheduled() {
            inScheduled = messageOf(() -> await(NEVER));
            scheduledRan.countDown();
        }
    }

    interface Work {

        void work();
    }

    static class Behind implements Work {

        @Override
        @Blocking
        @Coroutine
        public void work() {}
    }

    @HttpExchange
    interface Api {

        @Coroutine
        @GetExchange("/remote")
        String get();
    }

    @Service
    @Coroutine
    static class AService {}

    @Service
    static class AServiceMethod {

        @Coroutine
        void work() {}
    }

    @RestController
    static class APrivateHandler {

        @Coroutine
        @GetMapping("/private")
        private String handle() {
            return "";
        }
    }

    @RestController
    static class NoHandler {

        @Coroutine
        String helper() {
            return "";
        }
    }

    @RequestMapping
    static class NoController {

        @Coroutine
        @GetMapping("/nobody")
        String handle() {
            return "";
        }
    }

    @Service
    static class AnExceptionHandler {

        @Coroutine
        @ExceptionHandler
        String handle(IllegalStateException ex) {
            return "";
        }
    }

    @RestController
    static class ControllerWithExceptionHandler {

        @Coroutine
        @ExceptionHandler
        String handle(IllegalStateException ex) {
            return "";
        }
    }

    @ControllerAdvice
    static class AdviceMethod {

        @Coroutine
        @ExceptionHandler
        String handle(IllegalStateException ex) {
            return "";
        }
    }

    @Coroutine
    @RestControllerAdvice
    static class AdviceClass {

        @ExceptionHandler
        String handle(IllegalStateException ex) {
            return "";
        }
    }

    @Coroutine
    @ControllerAdvice
    static class AdviceWithoutExceptionHandlers {

        @ModelAttribute
        String model() {
            return "";
        }
    }

    @Coroutine
    static class AFilter implements WebFilter {

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            return chain.filter(exchange);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AFilterMethod {

        @Coroutine
        @Bean
        WebFilter filter() {
            return new AFilter();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ARouteMethod {

        @Coroutine
        @Bean
        RouterFunction<ServerResponse> route() {
            return RouterFunctions.route()
                    .GET("/", request -> ServerResponse.ok().build())
                    .build();
        }
    }

    @RestController
    static class AModelMethod {

        @Coroutine
        @ModelAttribute
        String model() {
            return "";
        }
    }

    @Blocking
    @Coroutine
    @RestController
    static class BlockingController {

        @GetMapping("/blocking")
        String handle() {
            return "";
        }
    }

    @RestController
    static class BlockingHandler {

        @Blocking
        @Coroutine
        @GetMapping("/blocking")
        String handle() {
            return "";
        }
    }
}
