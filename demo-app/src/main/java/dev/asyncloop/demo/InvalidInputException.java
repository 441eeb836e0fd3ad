package dev.asyncloop.demo;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** What a user gave cannot be used: 400 with a detail that names the field, the value and the way out. */
class InvalidInputException extends ErrorResponseException {

    private static final int SHOWN = 100;

    InvalidInputException(String field, String problem, String wayOut) {
        this(HttpStatus.BAD_REQUEST, field, "'" + field + "' " + problem + "; " + wayOut);
    }

    InvalidInputException(String field, String value, String problem, String wayOut) {
        this(field, "\"" + shortened(value) + "\" " + problem, wayOut);
    }

    InvalidInputException(HttpStatus status, String field, String detail) {
        super(status, problem(status, field, detail), null);
    }

    private static ProblemDetail problem(HttpStatus status, String field, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setProperty("field", field);
        return problem;
    }

    private static String shortened(String value) {
        return value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "…";
    }
}
