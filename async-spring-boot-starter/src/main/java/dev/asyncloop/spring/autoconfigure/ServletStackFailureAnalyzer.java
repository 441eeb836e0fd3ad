package dev.asyncloop.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a {@link ServletStackException}. */
final class ServletStackFailureAnalyzer extends AbstractFailureAnalyzer<ServletStackException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ServletStackException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Remove spring-boot-starter-web or spring-boot-starter-webmvc from the dependencies, or set"
                        + " spring.main.web-application-type=reactive.",
                cause);
    }
}
