package dev.asyncloop.spring.web;

import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;
import org.springframework.web.ErrorResponse;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerResult;

/** Makes the answer to a request that a limit has ended: a problem detail, whatever the application has configured. */
final class ProblemResult {

    private static final MethodParameter TYPE =
            new MethodParameter(ClassUtils.getMethod(ProblemResult.class, "type", ErrorResponse.class), -1);

    private ProblemResult() {}

    /** Returns the answer as if a handler had returned it. */
    static HandlerResult of(ErrorResponse problem) {
        return new HandlerResult(ProblemResult.class, problem, TYPE, new BindingContext());
    }

    /** Has the return type that such a handler would have. */
    public static ErrorResponse type(ErrorResponse problem) {
        return problem;
    }
}
