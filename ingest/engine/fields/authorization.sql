-- The header Authorization.

-- The form of the authorization, never its value; `is_in_body`: a SOAP envelope has a token. A masked value says nothing about its form.
-- IIS writes blanks as +, and what is made of its logs keeps them.
create or replace macro token_form_of(header, headers_logged, is_in_body) as (
    case
        when starts_with(header, 'AfasToken PHRva2Vu') then 'base64'
        when starts_with(header, 'Bearer ') then 'bearer'
        when coalesce(trim(header), '') not in ('', '-')
            then case
                when regexp_matches(header, '(?i)^\s*bearer([\s+]|$)') then 'bearer'
                when regexp_matches(header, '(?i)^\s*(afastoken[\s+]+)?(<|&lt;|%3c)[\s+]*token') then 'plain'
                when regexp_matches(header, '(?i)^\s*afastoken[\s+]+\S*(PHRva2Vu|x0b2tlb|8dG9rZW4)') then 'base64'
                when regexp_matches(header, '(?i)^\s*afastoken[\s+]+[a-z0-9+/_-]{24,}={0,2}\s*$') then 'base64'
                else 'not_logged'
            end
        when is_in_body then 'soap_body'
        when headers_logged then 'none'
        else 'not_logged'
    end
);
