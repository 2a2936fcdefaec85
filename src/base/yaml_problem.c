#include "base/yaml_problem.h"

#include <stddef.h>
#include <string.h>

#include "base/lang.h"

static const struct {
	const char *en, *zh;
} problems[] = {
	{"control characters are not allowed", "有控制字符"},
	{"could not find expected ':'", "少了“:”，或引号没有配对"},
	{"could not find expected directive name", "“%”后面少了指令名"},
	{"did not find URI escaped octet", "标签里的“%”写得不对"},
	{"did not find expected '!'", "标签少了“!”"},
	{"did not find expected ',' or ']'", "列表里少了“,”或“]”"},
	{"did not find expected ',' or '}'", "花括号里少了“,”或“}”"},
	{"did not find expected '-' indicator", "列表的这一行应以“-”开头，并与上一项对齐"},
	{"did not find expected <document start>", "内容之外多了文字，或缩进没有对齐"},
	{"did not find expected alphabetic or numeric character", "“&”或“*”后面少了名字"},
	{"did not find expected comment or line break", "这里只能是注释或行尾"},
	{"did not find expected digit or '.' character", "版本号写得不对"},
	{"did not find expected hexdecimal number", "“\\x”“\\u”“\\U”后面应是十六进制数字"},
	{"did not find expected key", "应是“键: 值”，或缩进没有对齐"},
	{"did not find expected node content", "这里少了内容"},
	{"did not find expected tag URI", "标签写得不对"},
	{"did not find expected version number", "版本号写得不对"},
	{"did not find expected whitespace", "这里少了空格"},
	{"did not find expected whitespace or line break", "这里少了空格或换行"},
	{"did not find the expected '>'", "标签少了“>”"},
	{"found a tab character that violates indentation", "缩进不能用制表符，请改成空格"},
	{"found a tab character where an indentation space is expected", "缩进不能用制表符，请改成空格"},
	{"found an incorrect leading UTF-8 octet", "标签里的“%”写得不对"},
	{"found an incorrect trailing UTF-8 octet", "标签里的“%”写得不对"},
	{"found an indentation indicator equal to 0", "“|”“>”后面的数字不能是 0"},
	{"found character that cannot start any token", "值不能以这个字符开头，请加引号（制表符请改成空格）"},
	{"found duplicate %TAG directive", "%TAG 写了两次"},
	{"found duplicate %YAML directive", "%YAML 写了两次"},
	{"found extremely long version number", "版本号写得不对"},
	{"found incompatible YAML document", "不是 1.1 或 1.2 版的 YAML"},
	{"found invalid Unicode character escape code", "“\\u”“\\U”后面不是字符的编号"},
	{"found undefined tag handle", "标签前面的部分没有定义"},
	{"found unexpected ':'", "“:”不能在这里，请给文字加引号"},
	{"found unexpected document indicator", "引号还没有配对就到了“---”或“...”"},
	{"found unexpected end of stream", "引号没有配对，文件就结束了"},
	{"found unexpected non-alphabetical character", "指令名里有不该有的字符"},
	{"found unknown directive name", "不认识“%”后面的指令"},
	{"found unknown escape character", "双引号里的“\\”后面不能是这个字符"},
	{"block sequence entries are not allowed in this context", "“-”不能在这里开始一个列表，请另起一行"},
	{"mapping keys are not allowed in this context", "“?”不能在这里"},
	{"mapping values are not allowed in this context", "“:”不能在这里：一行只能有一个“键: 值”，或缩进没有对齐"},
};

const char *yaml_problem(const char *problem)
{
	const char *zh = "请检查这一行";
	for (size_t i = 0; problem && i < sizeof problems / sizeof *problems; i++)
		if (strcmp(problems[i].en, problem) == 0)
			zh = problems[i].zh;
	return lang_now() == LANG_ZH ? zh : problem ? problem : "check this line";
}
