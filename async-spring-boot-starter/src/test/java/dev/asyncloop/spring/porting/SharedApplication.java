package dev.asyncloop.spring.porting;

import dev.asyncloop.spring.TestApplication;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.netty.http.server.logging.AccessLog;

/** One application with the handlers of all these tests, started by the first and closed after the last. */
public final class SharedApplication implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestApplication.class;
    }

    @Override
    public TestApplication resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedApplication.class))
                .computeIfAbsent(
                        "application",
                        key -> TestApplication.start(
                                Application.class,
                                "ioloop.name=porting",
                                "server.compression.enabled=true",
                                "server.compression.min-response-size=1KB",
                                "server.max-http-request-header-size=16KB",
                                "spring.http.codecs.max-in-memory-size=64KB",
                                "spring.web.error.include-message=always"),
                        TestApplication.class);
    }

    /** The access log. */
    record AccessLines(Queue<String> lines) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        HandlerCasesTest.Handlers.class,
        HandlerCasesTest.Advice.class,
        HandlerCasesTest.Life.class,
        RoutingCasesTest.Handlers.class,
        RoutingCasesTest.Routes.class,
        HeaderCasesTest.Handlers.class,
        ServerCasesTest.Handlers.class,
        StreamingCasesTest.Handlers.class
    })
    static class Application {

        @Bean
        AccessLines accessLines() {
            return new AccessLines(new ConcurrentLinkedQueue<>());
        }

        @Bean
        NettyServerCustomizer accessLogCustomizer(AccessLines accessLines) {
            return server -> server.accessLog(true, args -> {
                accessLines
                        .lines()
                        .add(args.status() + " " + args.method() + " " + args.uri() + " " + args.duration() + "ms "
                                + args.requestHeader(HttpHeaderNames.USER_AGENT));
                return AccessLog.create("{} {}", args.status(), args.uri());
            });
        }
    }
}
