package dev.asyncloop.spring.test;

import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "ioloop.carrier=jdk")
class TestClockJdkCarrierTest extends TestClockCases {}
