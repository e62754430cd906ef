// The grammar of Dunlin.
//
// Every decision needs one token of look-ahead, so the generated parser is a set of switches and never runs ANTLR's
// adaptive prediction; a test reads the generated file and says so. Where one token does not tell two forms apart (a
// target from an expression, a tuple from the parameters of a lambda, a named argument from a value) the grammar has
// one flat rule for both, and parse_statements.cpp and parse_expressions.cpp look at what was read.
//
// The parser does not see the lexer's tokens as they come. parse_tokens.cpp stands between:
//   END         closes every statement. It is made from line ends and semicolons where a statement can end, and added
//               before a '}' and at the end of the file. There is never one after '{', nor two in a row.
//   LAST_COMMA  is a comma directly before ')' or ']'.
//   brackets    always match.
grammar Dunlin;

tokens { END, LAST_COMMA }

// --- statements ------------------------------------------------------------------------------------------------

file: line* EOF;
line: statement END;
block: '{' line* '}';

statement
    : declaration
    | function
    | ifStatement
    | whileStatement
    | forStatement
    | breakStatement
    | continueStatement
    | returnStatement
    | haltStatement
    | assertStatement
    | failStatement
    | printStatement
    | testStatement
    | importStatement
    | assignment
    ;

declaration: ('param' | 'input' | 'shared' | 'state' | 'output') NAME (':' type)? ('=' expr)?;

function: 'fn' NAME '(' (parameter (',' parameter)* LAST_COMMA?)? ')' functionBody;
functionBody: '=' expr | block;
parameter: NAME '...'? (':' type)? ('=' expr)?;

ifStatement: 'if' condition block ('elif' condition block)* ('else' block)?;
whileStatement: 'while' condition block;
forStatement: 'for' NAME 'in' condition block;
condition: disjunction;  // what stands between a word and a block; after an error, parsing goes on at the '{'

breakStatement: 'break';
continueStatement: 'continue';
returnStatement: 'return' exprList?;
haltStatement: 'halt';
assertStatement: 'assert' expr (',' STRING)?;
failStatement: 'fail' STRING;
printStatement: 'print' expr (',' expr)*;
testStatement: 'test' STRING block;
importStatement: 'import' (STRING | NAME);

assignment: targets (':' type '=' exprList | '=' exprList | COMPOUND exprList)?;  // or an expression by itself
targets: disjunction (',' disjunction)*;  // no `if` here, nor `=>`: an `if` that begins a statement is a statement
exprList: expr (',' expr)*;

type: NAME ('[' expr (',' expr)* LAST_COMMA? ']')?;

// --- expressions, loosest first --------------------------------------------------------------------------------

expr: conditional | disjunction ('=>' (conditional | disjunction))*;
conditional: 'if' condition valueBlock ('elif' condition valueBlock)* 'else' valueBlock;
valueBlock: '{' expr END '}';

disjunction: conjunction ('or' conjunction)*;
conjunction: negation ('and' negation)*;
negation: 'not'* comparison;
comparison: bitOr (('==' | '!=' | '<' | '<=' | '>' | '>=') bitOr)*;
bitOr: bitXor ('|' bitXor)*;
bitXor: bitAnd ('^' bitAnd)*;
bitAnd: shift ('&' shift)*;
shift: range (('<<' | '>>') range)*;
range: sum ('..' sum)?;
sum: product (('+' | '-') product)*;
product: unary (('*' | '/' | '//' | '%' | '@') unary)*;
unary: ('-' | '+' | '~')* power;
power: postfix ('**' ('-' | '+' | '~')* postfix)*;
postfix: atom (call | subscripts | member)*;

call: '(' (argument (',' argument)* LAST_COMMA?)? ')';
argument: expr ('=' expr)?;
subscripts: '[' subscript (',' subscript)* LAST_COMMA? ']';
subscript: expr (':' expr? (':' expr?)?)? | ':' expr? (':' expr?)?;
member: '.' NAME;

atom
    : INTEGER
    | FLOAT
    | STRING
    | 'true'
    | 'false'
    | 'None'
    | NAME
    | OPERATOR_FUNCTION
    | parenthesised
    | array
    ;
parenthesised: '(' (expr (',' expr)* LAST_COMMA?)? ')';
array: '[' (expr (generators | (',' expr)* LAST_COMMA?))? ']';
generators: 'for' generator (',' generator)*;
generator: NAME 'in' expr;

// --- words -----------------------------------------------------------------------------------------------------

PARAM: 'param';
INPUT: 'input';
SHARED: 'shared';
STATE: 'state';
OUTPUT: 'output';
FN: 'fn';
RETURN: 'return';
IF: 'if';
ELIF: 'elif';
ELSE: 'else';
WHILE: 'while';
FOR: 'for';
IN: 'in';
BREAK: 'break';
CONTINUE: 'continue';
HALT: 'halt';
ASSERT: 'assert';
FAIL: 'fail';
PRINT: 'print';
TEST: 'test';
IMPORT: 'import';
AND: 'and';
OR: 'or';
NOT: 'not';
TRUE: 'true';
FALSE: 'false';
NONE: 'None';

// The lexer caches its decisions for ASCII alone, so parse_text.cpp hands it U+0001 for every other LETTER, U+0002 for
// every other EXTENDER, and U+0003 for all the rest. It takes the two classes from here.
NAME: LETTER (LETTER | EXTENDER)*;
fragment LETTER: [\p{L}_\u0001];
fragment EXTENDER: [\p{Mn}\p{Mc}\p{Nd}\u0002];

// --- literals --------------------------------------------------------------------------------------------------

INTEGER: DIGITS | '0' [xX] [0-9a-fA-F]+ ('_' [0-9a-fA-F]+)* | '0' [bB] [01]+ ('_' [01]+)*
    | '0' [oO] [0-7]+ ('_' [0-7]+)*;
FLOAT: DIGITS '.' DIGITS EXPONENT? | DIGITS EXPONENT;
fragment DIGITS: [0-9]+ ('_' [0-9]+)*;
fragment EXPONENT: [eE] [+-]? DIGITS;

STRING: '"' CHARACTER* '"';
fragment CHARACTER: ~["\\\n\r] | '\\' ~[\n\r];

// --- operators and brackets ------------------------------------------------------------------------------------

OPERATOR_FUNCTION
    : '(' [ \t]* ('or' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '|' | '^' | '&' | '<<' | '>>' | '+' | '-'
    | '*' | '/' | '//' | '%' | '@' | '**') [ \t]* ')'
    ;
COMPOUND: ('+' | '-' | '*' | '/' | '//' | '%' | '@' | '**' | '&' | '|' | '^' | '<<' | '>>') '=';

ARROW: '=>';
ASSIGN: '=';
EQUAL: '==';
NOT_EQUAL: '!=';
LESS: '<';
LESS_EQUAL: '<=';
GREATER: '>';
GREATER_EQUAL: '>=';
BIT_OR: '|';
BIT_XOR: '^';
BIT_AND: '&';
SHIFT_LEFT: '<<';
SHIFT_RIGHT: '>>';
REST: '...';
RANGE: '..';
DOT: '.';
PLUS: '+';
MINUS: '-';
TIMES: '*';
DIVIDE: '/';
FLOOR_DIVIDE: '//';
MODULO: '%';
MATMUL: '@';
COMPLEMENT: '~';
POWER: '**';
COMMA: ',';
COLON: ':';
LEFT_PAREN: '(';
RIGHT_PAREN: ')';
LEFT_BRACKET: '[';
RIGHT_BRACKET: ']';
LEFT_BRACE: '{';
RIGHT_BRACE: '}';

// --- what lies between, and what never reaches the parser --------------------------------------------------------

NEWLINE: '\n';
SEMICOLON: ';';
SPACE: [ \t\r]+ -> skip;
COMMENT: '#' ~[\n]* -> skip;

// Habits from other languages. parse_tokens.cpp says how Dunlin writes them, and puts that in their place.
DOUBLE_AND: '&&';
DOUBLE_OR: '||';
EXCLAMATION: '!';
WALRUS: ':=';
THIN_ARROW: '->';
SINGLE_QUOTED: '\'' ~['\n]* '\'';

UNTERMINATED: '"' CHARACTER* '\\'?;
UNKNOWN: .;
