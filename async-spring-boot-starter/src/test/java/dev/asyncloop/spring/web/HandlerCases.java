package dev.asyncloop.spring.web;

import static dev.asyncloop.spring.web.HandlerComparison.observed;
import static dev.asyncloop.spring.web.HandlerComparison.suppressed;

import dev.asyncloop.spring.web.HandlerComparison.Case;
import dev.asyncloop.spring.web.HandlerComparison.Run;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.http.ResponseCookie;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;
import org.springframework.web.server.handler.ResponseStatusExceptionHandler;
import org.springframework.web.server.session.DefaultWebSessionManager;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** What may happen around a request. */
final class HandlerCases {

    private static final String OK = "ok";

    private HandlerCases() {}

    static Stream<Case> handlers() {
        return Stream.of(
                Case.of("nothing is answered", run -> exchange -> Mono.empty()),
                Case.of("a status", run -> exchange -> {
                    exchange.getResponse().setStatusCode(HttpStatus.NOT_FOUND);
                    return exchange.getResponse().setComplete();
                }),
                Case.of("a body", run -> exchange -> run.write(exchange, OK)),
                Case.of(
                        "a body in parts",
                        run -> exchange -> exchange.getResponse()
                                .writeAndFlushWith(Flux.just(
                                        Mono.just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] {'a'})),
                                        Mono.just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] {'b'}))))),
                Case.of("a body later", run -> exchange -> run.sink.asMono().then(run.write(exchange, OK)))
                        .then(run -> run.sink.tryEmitEmpty()),
                Case.of("a cookie", run -> exchange -> {
                    exchange.getResponse()
                            .addCookie(ResponseCookie.from("a", "b").build());
                    return run.write(exchange, OK);
                }),
                Case.of("it throws", run -> exchange -> {
                    throw new IllegalArgumentException("wrong");
                }),
                Case.of("it fails", run -> exchange -> Mono.error(new IllegalArgumentException("wrong"))),
                Case.of("it fails later", run -> exchange -> run.sink.asMono())
                        .then(run -> run.sink.tryEmitError(new IllegalArgumentException("wrong"))),
                Case.of("it throws an Error", run -> exchange -> {
                    throw new AssertionError("wrong");
                }),
                Case.of("it throws what the JVM does", run -> exchange -> {
                    throw new NoClassDefFoundError("wrong");
                }),
                Case.of("it returns null", run -> exchange -> null),
                Case.of(
                                "it fails with a status",
                                run -> exchange -> Mono.error(new ResponseStatusException(HttpStatus.CONFLICT, "no")))
                        .with((run, builder) -> builder.exceptionHandler(new ResponseStatusExceptionHandler())),
                Case.of(
                        "it fails once it has answered",
                        run -> exchange ->
                                run.write(exchange, OK).then(Mono.error(new IllegalArgumentException("late")))),
                Case.of(
                                "it fails with a status once it has answered",
                                run -> exchange -> run.write(exchange, OK)
                                        .then(Mono.error(new ResponseStatusException(HttpStatus.CONFLICT, "late"))))
                        .with((run, builder) -> builder.exceptionHandler(new ResponseStatusExceptionHandler())),
                Case.of("a broken pipe", run -> exchange -> Mono.error(new IOException("Broken pipe"))),
                Case.of(
                        "a broken pipe once it has answered",
                        run -> exchange -> run.write(exchange, OK).then(Mono.error(new IOException("Broken pipe")))),
                Case.of("the answer cannot be written", run -> {
                    ((MockServerHttpResponse) run.response)
                            .setWriteHandler(body -> Mono.error(new IOException("Connection reset by peer")));
                    return exchange -> run.write(exchange, OK);
                }),
                Case.of("before the answer something fails", run -> exchange -> {
                    exchange.getResponse().beforeCommit(() -> Mono.error(new IllegalStateException("not yet")));
                    return run.write(exchange, OK);
                }),
                Case.of("before the answer something throws", run -> exchange -> {
                    exchange.getResponse().beforeCommit(() -> {
                        throw new IllegalStateException("not yet");
                    });
                    return run.write(exchange, OK);
                }),
                Case.of("before no answer something fails", run -> exchange -> {
                    exchange.getResponse().beforeCommit(() -> Mono.error(new IllegalStateException("not yet")));
                    return Mono.empty();
                }),
                Case.of("before the answer something is done", run -> exchange -> {
                    exchange.getResponse()
                            .beforeCommit(() -> Mono.fromRunnable(() -> {
                                run.add("before");
                                exchange.getResponse().setStatusCode(HttpStatus.ACCEPTED);
                            }));
                    return Mono.empty();
                }),
                Case.of(
                        "it ends twice",
                        run -> exchange -> ended(subscriber -> {
                            subscriber.onComplete();
                            subscriber.onComplete();
                        })),
                Case.of(
                        "it fails after its end",
                        run -> exchange -> ended(subscriber -> {
                            subscriber.onComplete();
                            subscriber.onError(new IllegalStateException("too late"));
                        })),
                Case.of(
                        "it fails twice",
                        run -> exchange -> ended(subscriber -> {
                            subscriber.onError(new IllegalStateException("wrong"));
                            subscriber.onError(new IllegalStateException("too late"));
                        })),
                Case.of(
                        "it throws after its end",
                        run -> exchange -> ended(subscriber -> {
                            subscriber.onComplete();
                            throw new IllegalStateException("too late");
                        })),
                Case.of(
                        "what is in the context",
                        run -> exchange -> Mono.deferContextual(context -> {
                            context.stream().forEach(entry -> run.add(entry.getKey() + " is there"));
                            return Mono.empty();
                        })),
                Case.of("what is in the attributes", run -> exchange -> {
                            run.add(new TreeMap<>(exchange.getAttributes())
                                    .keySet()
                                    .toString());
                            run.add(exchange.getRequest().getAttributes().equals(exchange.getAttributes()) + "");
                            return Mono.empty();
                        })
                        .with((run, builder) -> builder.defaultHtmlEscape(true)));
    }

    private static Mono<Void> ended(Consumer<reactor.core.CoreSubscriber<? super Void>> signals) {
        return new Mono<>() {
            @Override
            public void subscribe(reactor.core.CoreSubscriber<? super Void> actual) {
                actual.onSubscribe(Operators.emptySubscription());
                signals.accept(actual);
            }
        };
    }

    static Stream<Case> filtersAndExceptionHandlers() {
        return Stream.of(
                Case.of("a filter that throws", run -> exchange -> Mono.empty())
                        .with((run, builder) -> builder.filter((exchange, chain) -> {
                            throw new IllegalArgumentException("wrong");
                        })),
                Case.of("a filter that returns null", run -> exchange -> Mono.empty())
                        .with((run, builder) -> builder.filter((exchange, chain) -> null)),
                Case.of("a filter that answers nothing", run -> exchange -> run.write(exchange, OK))
                        .with((run, builder) -> builder.filter((exchange, chain) -> Mono.empty())),
                Case.of("a filter that answers", run -> exchange -> Mono.empty())
                        .with((run, builder) -> builder.filter((exchange, chain) -> run.write(exchange, OK))),
                Case.of("a filter that decorates", run -> exchange -> {
                            run.add(exchange.getRequest().getPath() + "");
                            return run.write(exchange, OK);
                        })
                        .with((run, builder) -> builder.filter((exchange, chain) -> chain.filter(exchange.mutate()
                                .request(request -> request.path("/other"))
                                .build()))),
                Case.of(
                                "a filter that tries again",
                                run -> exchange -> run.calls.incrementAndGet() == 1
                                        ? Mono.error(new IllegalStateException("the first time"))
                                        : run.write(exchange, OK))
                        .with((run, builder) -> builder.filter(
                                (exchange, chain) -> chain.filter(exchange).retry(1))),
                Case.of("a filter that fails afterwards", run -> exchange -> run.write(exchange, OK))
                        .with((run, builder) -> builder.filter((exchange, chain) ->
                                chain.filter(exchange).then(Mono.error(new IllegalStateException("afterwards"))))),
                Case.of("a filter that has its time", run -> exchange -> run.sink.asMono())
                        .with((run, builder) -> builder.filter((exchange, chain) -> chain.filter(exchange)
                                .or(Mono.error(new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT)))))
                        .with((run, builder) -> builder.exceptionHandler(new ResponseStatusExceptionHandler())),
                failing("an exception handler that throws")
                        .with((run, builder) -> builder.exceptionHandler((exchange, failure) -> {
                            throw new IllegalStateException("the handler's own");
                        })),
                failing("an exception handler that returns null")
                        .with((run, builder) -> builder.exceptionHandler((exchange, failure) -> null)),
                failing("an exception handler that fails otherwise, and one that knows it")
                        .with((run, builder) -> builder.exceptionHandler(
                                (exchange, failure) ->
                                        Mono.error(new ResponseStatusException(HttpStatus.CONFLICT, "no", failure)),
                                new ResponseStatusExceptionHandler())),
                failing("an exception handler that writes")
                        .with((run, builder) ->
                                builder.exceptionHandler((exchange, failure) -> run.write(exchange, "sorry"))),
                failing("an exception handler that fails once it has answered")
                        .with((run, builder) -> builder.exceptionHandler((exchange, failure) ->
                                run.write(exchange, "sorry").then(Mono.error(new IllegalStateException("again"))))),
                failing("an exception handler that does nothing")
                        .with((run, builder) -> builder.exceptionHandler((exchange, failure) -> Mono.empty())),
                failing("an exception handler that asks for the context")
                        .with((run, builder) ->
                                builder.exceptionHandler((exchange, failure) -> Mono.deferContextual(context -> {
                                    context.stream().forEach(entry -> run.add(entry.getKey() + " is there"));
                                    run.add(failure + " " + suppressed(failure));
                                    return Mono.empty();
                                }))));
    }

    private static Case failing(String name) {
        return Case.of(name, run -> exchange -> Mono.error(new IllegalArgumentException("wrong")));
    }

    static Stream<Case> clientsThatGo() {
        return Stream.of(
                Case.of("before it begins", run -> {
                    run.cancelsOnSubscribe = true;
                    return exchange -> {
                        run.add("handled");
                        return Mono.empty();
                    };
                }),
                Case.of(
                                "while it is handled",
                                run -> exchange -> Mono.<Void>never().doOnCancel(() -> run.add("handler cancelled")))
                        .then(Run::cancel),
                Case.of(
                        "while it is handled, in the moment of its end",
                        run -> exchange -> Mono.fromRunnable(run::cancel)),
                Case.of("while it is handled, in the moment of its failure", run -> exchange -> {
                    run.cancel();
                    return Mono.error(new IllegalStateException("late"));
                }),
                Case.of(
                                "while it is handled, once it has answered",
                                run -> exchange -> run.write(exchange, OK).then(Mono.never()))
                        .then(Run::cancel),
                failing("while its failure is resolved")
                        .with((run, builder) -> builder.exceptionHandler((exchange, failure) ->
                                Mono.<Void>never().doOnCancel(() -> run.add("exception handler cancelled"))))
                        .then(Run::cancel),
                Case.of("while its answer is completed", run -> exchange -> {
                            exchange.getResponse()
                                    .beforeCommit(
                                            () -> Mono.<Void>never().doOnCancel(() -> run.add("commit cancelled")));
                            return Mono.empty();
                        })
                        .then(Run::cancel),
                Case.of("twice", run -> exchange -> Mono.never()).then(run -> {
                    run.cancel();
                    run.cancel();
                }),
                Case.of(
                                "and it fails then",
                                run -> exchange -> run.sink.asMono().onErrorResume(failure -> Mono.error(failure)))
                        .then(run -> {
                            run.cancel();
                            run.sink.tryEmitError(new IllegalStateException("late"));
                        }),
                Case.of("once all is over", run -> exchange -> run.write(exchange, OK))
                        .then(Run::cancel));
    }

    static Stream<Case> whatIsAroundTheAnswer() {
        return Stream.of(
                Case.of(
                                "a session",
                                run -> exchange -> exchange.getSession()
                                        .doOnNext(session ->
                                                session.getAttributes().put("a", "b"))
                                        .then(run.write(exchange, OK)))
                        .with((run, builder) -> builder.sessionManager(sessions(run))),
                Case.of(
                                "a session without an answer",
                                run -> exchange -> exchange.getSession()
                                        .doOnNext(session ->
                                                session.getAttributes().put("a", "b"))
                                        .then())
                        .with((run, builder) -> builder.sessionManager(sessions(run))),
                Case.of(
                                "parts that were read",
                                run -> exchange -> exchange.getMultipartData()
                                        .doOnNext(parts -> run.add(parts.keySet() + ""))
                                        .then())
                        .with((run, builder) -> builder.codecConfigurer(parts(run)))
                        .requested(run -> multipart()),
                Case.of(
                                "parts that were read before a failure",
                                run -> exchange -> exchange.getMultipartData()
                                        .then(Mono.error(new IllegalStateException("wrong"))))
                        .with((run, builder) -> builder.codecConfigurer(parts(run)))
                        .requested(run -> multipart()),
                Case.of(
                                "parts that were read for a client that goes",
                                run -> exchange -> exchange.getMultipartData().then(Mono.never()))
                        .with((run, builder) -> builder.codecConfigurer(parts(run)))
                        .requested(run -> multipart())
                        .then(Run::cancel),
                Case.of("parts that were not read", run -> exchange -> run.write(exchange, OK))
                        .with((run, builder) -> builder.codecConfigurer(parts(run)))
                        .requested(run -> multipart()),
                Case.of("a type that is none", run -> exchange -> run.write(exchange, OK))
                        .requested(run -> MockServerHttpRequest.post("/").header("Content-Type", "no type")),
                Case.of(
                                "headers of a proxy",
                                run -> exchange -> run.write(
                                        exchange,
                                        exchange.getRequest().getURI() + " "
                                                + exchange.getRequest().getHeaders()))
                        .with((run, builder) -> builder.forwardedHeaderTransformer(new ForwardedHeaderTransformer()))
                        .requested(run -> MockServerHttpRequest.get("/a")
                                .header("X-Forwarded-Host", "elsewhere")
                                .header("X-Forwarded-Prefix", "/prefix")
                                .header("X-Forwarded-Proto", "https")),
                Case.of("headers of a proxy that make no sense", run -> exchange -> run.write(exchange, OK))
                        .with((run, builder) -> builder.forwardedHeaderTransformer(new ForwardedHeaderTransformer()))
                        .requested(run -> MockServerHttpRequest.get("/a").header("Forwarded", "for=:::;host=a:b")),
                Case.of("headers of a proxy that nobody can read", run -> exchange -> run.write(exchange, OK))
                        .with((run, builder) -> builder.forwardedHeaderTransformer(new ForwardedHeaderTransformer() {
                            @Override
                            public ServerHttpRequest apply(ServerHttpRequest request) {
                                throw new AssertionError("unreadable");
                            }
                        })),
                Case.of("an answer that is completed in another way", run -> {
                    run.response = new ServerHttpResponseDecorator(run.response) {
                        @Override
                        public Mono<Void> setComplete() {
                            run.add("complete");
                            return super.setComplete();
                        }
                    };
                    return exchange -> run.write(exchange, OK);
                }),
                Case.of("an answer that cannot be completed", run -> {
                    run.response = new ServerHttpResponseDecorator(run.response) {
                        @Override
                        public Mono<Void> setComplete() {
                            throw new IllegalStateException("incomplete");
                        }
                    };
                    return exchange -> Mono.empty();
                }),
                Case.of("an answer that cannot be completed later", run -> {
                            run.response = new ServerHttpResponseDecorator(run.response) {
                                @Override
                                public Mono<Void> setComplete() {
                                    throw new IllegalStateException("incomplete");
                                }
                            };
                            return exchange -> run.sink.asMono();
                        })
                        .then(run -> run.sink.tryEmitEmpty()),
                Case.of("an observer that throws at the start", run -> exchange -> run.write(exchange, OK))
                        .with((run, builder) -> builder.observationRegistry(observed(run, "starts"))),
                Case.of("an observer that throws at the end", run -> exchange -> run.write(exchange, OK))
                        .with((run, builder) -> builder.observationRegistry(observed(run, "stops"))),
                Case.of("an observer that throws at the end of no answer", run -> exchange -> Mono.empty())
                        .with((run, builder) -> builder.observationRegistry(observed(run, "stops"))),
                Case.of(
                                "an observer that throws at a failure that is resolved",
                                run -> exchange -> Mono.error(new ResponseStatusException(HttpStatus.CONFLICT)))
                        .with((run, builder) -> builder.exceptionHandler(new ResponseStatusExceptionHandler())
                                .observationRegistry(observed(run, "fails"))),
                Case.of(
                                "an observer that throws at a late failure",
                                run -> exchange ->
                                        run.write(exchange, OK).then(Mono.error(new IllegalStateException("late"))))
                        .with((run, builder) -> builder.observationRegistry(observed(run, "stops"))),
                Case.of(
                                "an observer that throws when the client goes",
                                run -> exchange -> Mono.<Void>never().doOnCancel(() -> run.add("handler cancelled")))
                        .with((run, builder) -> builder.observationRegistry(observed(run, "stops")))
                        .then(Run::cancel),
                Case.of("a context of the server's", run -> {
                    run.contextual = true;
                    return exchange -> Mono.deferContextual(context -> {
                        context.stream().forEach(entry -> run.add(entry.getKey() + " is there"));
                        return run.write(exchange, OK);
                    });
                }),
                Case.of("a context of the server's, and a failure behind a proxy", run -> {
                            run.contextual = true;
                            return exchange -> Mono.error(new IllegalStateException("wrong"));
                        })
                        .with((run, builder) -> builder.forwardedHeaderTransformer(new ForwardedHeaderTransformer())
                                .exceptionHandler((exchange, failure) -> run.write(
                                        exchange, exchange.getRequest().getURI() + "")))
                        .requested(run -> MockServerHttpRequest.get("/a").header("X-Forwarded-Prefix", "/prefix")),
                Case.of("a server that tries again", run -> {
                    run.twice = true;
                    return exchange -> {
                        run.add("call " + exchange.getAttributes().merge("calls", 1, (a, b) -> (int) a + (int) b));
                        return Mono.empty();
                    };
                }));
    }

    private static DefaultWebSessionManager sessions(Run run) {
        DefaultWebSessionManager sessions = new DefaultWebSessionManager();
        sessions.setSessionIdResolver(new org.springframework.web.server.session.WebSessionIdResolver() {
            @Override
            public List<String> resolveSessionIds(ServerWebExchange exchange) {
                return List.of();
            }

            @Override
            public void setSessionId(ServerWebExchange exchange, String sessionId) {
                run.add("session saved");
                exchange.getResponse()
                        .addCookie(ResponseCookie.from("SESSION", "some").build());
            }

            @Override
            public void expireSession(ServerWebExchange exchange) {
                run.add("session expired");
            }
        });
        return sessions;
    }

    private static MockServerHttpRequest.BaseBuilder<?> multipart() {
        return MockServerHttpRequest.post("/").header("Content-Type", "multipart/form-data; boundary=b");
    }

    private static ServerCodecConfigurer parts(Run run) {
        ServerCodecConfigurer codecs = ServerCodecConfigurer.create();
        codecs.customCodecs().register(new OnePart(run));
        return codecs;
    }

    /** Reads a part that tells when it is deleted. */
    private record OnePart(Run run) implements HttpMessageReader<MultiValueMap<String, Part>> {

        @Override
        public List<MediaType> getReadableMediaTypes() {
            return List.of(MediaType.MULTIPART_FORM_DATA);
        }

        @Override
        public boolean canRead(ResolvableType type, @Nullable MediaType mediaType) {
            return type.resolve() == MultiValueMap.class;
        }

        @Override
        public Flux<MultiValueMap<String, Part>> read(
                ResolvableType type, ReactiveHttpInputMessage message, Map<String, Object> hints) {
            return readMono(type, message, hints).flux();
        }

        @Override
        public Mono<MultiValueMap<String, Part>> readMono(
                ResolvableType type, ReactiveHttpInputMessage message, Map<String, Object> hints) {
            MultiValueMap<String, Part> parts = new LinkedMultiValueMap<>();
            parts.add("part", new Part() {
                @Override
                public String name() {
                    return "part";
                }

                @Override
                public HttpHeaders headers() {
                    return new HttpHeaders();
                }

                @Override
                public Flux<DataBuffer> content() {
                    return Flux.empty();
                }

                @Override
                public Mono<Void> delete() {
                    return Mono.fromRunnable(() -> run.add("part deleted"));
                }
            });
            return Mono.just(parts);
        }
    }
}
